public import Tensors

/// Global average pooling of sequences: averages each channel over all steps.
///
/// ```swift
/// let layer = GlobalAveragePooling1D()
/// let means = layer(Tensor([1, 4, 2, 3], shape: [1, 4, 1]))  // [1, 4, 1] → [[2.5]]
/// ```
public final class GlobalAveragePooling1D: Spatial1D, KerasLayer {
  /// Whether to keep the axis of the steps with extent 1.
  public let keepDimensions: Bool

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - keepDimensions: Whether to keep the axis of the steps with extent 1; Keras's `keepdims`.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(keepDimensions: Bool = false, name: String? = nil) {
    self.keepDimensions = keepDimensions
    super.init(GlobalAveragePooling2D(keepDimensions: keepDimensions), name: name)
  }

  /// Creates a layer with the options of a file.
  package init(_ reader: OptionReader) throws(KerasError) {
    let pooling = try GlobalAveragePooling2D(reader)
    keepDimensions = pooling.keepDimensions
    super.init(pooling, name: reader.name)
  }

  /// Whether the layer understands masks: it averages the steps that count.
  public override var supportsMasking: Bool { true }

  /// `nil`, because the result has no steps.
  public override func computeMask(_ inputs: [Tensor]) -> Tensor? { nil }

  /// Averages the steps that count.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    guard let mask = x.mask else { return super.call(x, training: training) }
    let weights = mask.reshaped([x.shape[0], x.shape[1], 1])
    return Tensor.where(weights, x, Tensor(0)).sum(axes: [1], keepDimensions: keepDimensions)
      / weights.sum(axes: [1], keepDimensions: keepDimensions)
  }
}
