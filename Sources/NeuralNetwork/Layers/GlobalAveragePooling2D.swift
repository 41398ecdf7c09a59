public import JSON
import Preconditions
public import Tensors

/// Global average pooling: averages each channel over the whole image.
public final class GlobalAveragePooling2D: Layer {
  /// Whether to keep the height and width axes with extent 1.
  public let keepDimensions: Bool

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - keepDimensions: Whether to keep the height and width axes with extent 1; Keras's
  ///     `keepdims`.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(keepDimensions: Bool = false, name: String? = nil) {
    self.keepDimensions = keepDimensions
    super.init(name: name)
  }

  /// The options that differ from Keras's defaults.
  public override var config: [String: JSON] { keepDimensions ? ["keepdims": .bool(true)] : [:] }

  /// The shape `[channels]`, or `[1, 1, channels]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try requireImages(inputShape)
    return keepDimensions ? [1, 1, inputShape[2]] : [inputShape[2]]
  }

  /// Averages each channel.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    require(
      x.rank == 4,
      """
      The layer '\(name)' takes [batch, height, width, channels], but got a tensor of shape \
      \(x.shape).
      """)
    let means = x.averagePooling(Size2D(x.shape[1], x.shape[2]))
    return keepDimensions ? means : means.reshaped([x.shape[0], x.shape[3]])
  }
}

extension GlobalAveragePooling2D: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    try reader.readDataFormat()
    self.init(
      keepDimensions: try reader.bool("keepdims", default: false), name: reader.layer)
  }
}
