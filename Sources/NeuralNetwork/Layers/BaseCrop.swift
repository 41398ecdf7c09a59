public import JSON
public import Tensors

/// The base class of layers that crop images to a size.
///
/// See ``CenterCrop`` for an example.
public class BaseCrop: BaseImagePreprocessing {
  /// The target size.
  public final let size: Size2D

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - size: The target height and width.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(_ size: Size2D, name: String? = nil) {
    self.size = size
    super.init(name: name)
  }

  /// Creates a layer with the options of a file.
  package required init(_ reader: OptionReader) throws(KerasError) {
    size = try reader.imageSize()
    super.init(name: reader.name)
    try readCommonOptions(reader)
  }

  /// The height and the width in Keras's form.
  public final override var config: JSON.Object {
    ["height": .integer(size.height), "width": .integer(size.width)]
  }

  override class var keras2Options: Set<String>? { ["height", "width"] }

  /// The shape `[size.height, size.width, channels]`.
  public final override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try requireImages(inputShape)
    return try outputShape([size.height, size.width, inputShape[2]])
  }
}

extension OptionReader {
  /// Reads the `height` and the `width` of images.
  func imageSize() throws(KerasError) -> Size2D {
    Size2D(
      try integer("height", atMost: Limit.extent), try integer("width", atMost: Limit.extent))
  }
}
