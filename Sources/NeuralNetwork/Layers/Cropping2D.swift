public import JSON
public import Tensors

/// Crops the borders of images.
///
/// ```swift
/// let layer = Cropping2D(Margins(top: 2, bottom: 2, left: 4, right: 4))
/// let cropped = layer(Tensor(zeros: [8, 28, 28, 3]))  // [8, 24, 20, 3]
/// ```
public final class Cropping2D: Layer {
  /// The number of rows and columns to crop on each side.
  public let cropping: Margins

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - cropping: The number of rows and columns to crop on each side.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(_ cropping: Margins = 0, name: String? = nil) {
    self.cropping = cropping
    super.init(name: name)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object { cropping == 0 ? [:] : ["cropping": cropping.json] }

  /// The shape `[height - top - bottom, width - left - right, channels]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try requireImages(inputShape)
    let height = inputShape[0] - cropping.top - cropping.bottom
    let width = inputShape[1] - cropping.left - cropping.right
    guard height > 0, width > 0 else {
      let columns = cropping.left + cropping.right
      let cut =
        isOneDimensional
        ? "\(columns) steps" : "\(cropping.top + cropping.bottom) rows and \(columns) columns"
      throw ShapeError(
        self, "cuts off \(cut), which leaves nothing of its input \(text(inputShape))")
    }
    return [height, width, inputShape[2]]
  }

  /// Crops the borders.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x.cropped(cropping) }
}

extension Cropping2D: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.readDataFormat()
    self.init(try reader.margins("cropping", default: 0), name: reader.name)
  }
}
