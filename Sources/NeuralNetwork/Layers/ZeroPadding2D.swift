public import JSON
public import Tensors

/// Pads images with zeros.
///
/// ```swift
/// let layer = ZeroPadding2D(2)  // two rows or columns on each side
/// let padded = layer(Tensor(zeros: [8, 28, 28, 1]))  // [8, 32, 32, 1]
/// ```
public final class ZeroPadding2D: Layer {
  /// The number of rows and columns of zeros on each side.
  public let padding: Margins

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - padding: The number of rows and columns of zeros on each side.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(_ padding: Margins = 1, name: String? = nil) {
    self.padding = padding
    super.init(name: name)
  }

  /// Pads the images.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x.zeroPadded(padding) }

  /// The shape `[top + height + bottom, left + width + right, channels]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try requireImages(inputShape)
    return try outputShape([
      inputShape[0] + padding.top + padding.bottom, inputShape[1] + padding.left + padding.right,
      inputShape[2],
    ])
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object { padding == 1 ? [:] : ["padding": padding.json] }
}

extension ZeroPadding2D: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.readDataFormat()
    self.init(try reader.margins("padding", default: 1), name: reader.name)
  }
}
