/// Global max pooling of sequences: takes the maximum of each channel over all steps.
///
/// ```swift
/// let layer = GlobalMaxPooling1D()
/// let largest = layer(Tensor([1, 4, 2, 3], shape: [1, 4, 1]))  // [1, 4, 1] → [[4]]
/// ```
public final class GlobalMaxPooling1D: Spatial1D, KerasLayer {
  /// Whether to keep the axis of the steps with extent 1.
  public let keepDimensions: Bool

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - keepDimensions: Whether to keep the axis of the steps with extent 1; Keras's `keepdims`.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(keepDimensions: Bool = false, name: String? = nil) {
    self.keepDimensions = keepDimensions
    super.init(GlobalMaxPooling2D(keepDimensions: keepDimensions), name: name)
  }

  /// Creates a layer with the options of a file.
  package init(_ reader: OptionReader) throws(KerasError) {
    let pooling = try GlobalMaxPooling2D(reader)
    keepDimensions = pooling.keepDimensions
    super.init(pooling, name: reader.name)
  }
}
