public import JSON
public import Tensors

/// Crops the borders of volumes.
///
/// ```swift
/// let layer = Cropping3D(Margins3D(depth: (1, 1), height: (2, 2), width: (4, 4)))
/// let cropped = layer(Tensor(zeros: [2, 16, 28, 28, 1]))  // [2, 14, 24, 20, 1]
/// ```
public final class Cropping3D: Layer {
  /// What is cut off on each side of each axis.
  public let cropping: Margins3D

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - cropping: What is cut off on each side of each axis.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(_ cropping: Margins3D = 1, name: String? = nil) {
    self.cropping = cropping
    super.init(name: name)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object { cropping == 1 ? [:] : ["cropping": cropping.json] }

  /// The shape of the cropped volume.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try requireVolumes(inputShape)
    let extents = zip(inputShape, cropping.axes).map { $0 - $1[0] - $1[1] }
    guard extents.allSatisfy({ $0 > 0 }) else {
      throw ShapeError(
        self, "cuts off \(cropping.axes), which leaves nothing of its input \(inputShape)")
    }
    return Shape(extents + [inputShape[3]])
  }

  /// Crops the borders.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    var y = x
    for (index, sides) in cropping.axes.enumerated() where sides != [0, 0] {
      y = y.slice(sides[0]..<y.shape[index + 1] - sides[1], axis: index + 1)
    }
    return y
  }
}

extension Cropping3D: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.requireChannelsLast()
    self.init(try reader.margins3D("cropping", default: 1), name: reader.name)
  }
}
