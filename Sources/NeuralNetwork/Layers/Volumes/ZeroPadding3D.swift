public import JSON
public import Tensors

/// Pads volumes with zeros.
///
/// ```swift
/// let layer = ZeroPadding3D(Margins3D(depth: (0, 0), height: (2, 2), width: (2, 2)))
/// let padded = layer(Tensor(zeros: [2, 16, 28, 28, 1]))  // [2, 16, 32, 32, 1]
/// ```
public final class ZeroPadding3D: Layer {
  /// The number of zeros on each side of each axis.
  public let padding: Margins3D

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - padding: The number of zeros on each side of each axis.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(_ padding: Margins3D = 1, name: String? = nil) {
    self.padding = padding
    super.init(name: name)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object { padding == 1 ? [:] : ["padding": padding.json] }

  /// The shape of the padded volume.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try requireVolumes(inputShape)
    let extents = zip(inputShape, padding.axes).map { $0 + $1[0] + $1[1] }
    return try outputShape(extents + [inputShape[3]])
  }

  /// Pads the volumes.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    var y = x
    for (index, sides) in padding.axes.enumerated() {
      let axis = index + 1
      func zeros(_ count: Int) -> [Tensor] {
        guard count > 0 else { return [] }
        var extents = y.shape.dimensions
        extents[axis] = count
        return [Tensor(zeros: Shape(extents))]
      }
      let parts = zeros(sides[0]) + [y] + zeros(sides[1])
      if parts.count > 1 { y = Tensor(concatenating: parts, axis: axis) }
    }
    return y
  }
}

extension ZeroPadding3D: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.requireChannelsLast()
    self.init(try reader.margins3D("padding", default: 1), name: reader.name)
  }
}
