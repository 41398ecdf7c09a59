public import JSON
public import Tensors

/// The base class of global pooling layers.
///
/// See ``GlobalAveragePooling2D`` for an example.
public class BaseGlobalPooling: Layer {
  /// Whether to keep the height and width axes with extent 1.
  public final let keepDimensions: Bool

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

  /// Creates a layer with the options of a file.
  package required convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.readDataFormat()
    self.init(
      keepDimensions: try reader.bool("keepdims", default: false), name: reader.name)
  }

  /// The options that differ from Keras's defaults.
  public final override var config: JSON.Object {
    keepDimensions ? ["keepdims": .bool(true)] : [:]
  }

  /// The shape `[channels]`, or `[1, 1, channels]`.
  public final override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try requireImages(inputShape)
    return keepDimensions ? [1, 1, inputShape[2]] : [inputShape[2]]
  }
}
