public import JSON
public import Tensors

/// Repeats each element of volumes.
///
/// ```swift
/// let layer = UpSampling3D(Size3D(1, 2, 2))  // keeps the depth
/// let larger = layer(Tensor(zeros: [2, 16, 14, 14, 8]))  // [2, 16, 28, 28, 8]
/// ```
public final class UpSampling3D: Layer {
  /// How often each plane, row and column is repeated.
  public let size: Size3D

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - size: How often each plane, row and column is repeated.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(_ size: Size3D = 2, name: String? = nil) {
    self.size = size
    super.init(name: name)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object { size == 2 ? [:] : ["size": size.json] }

  /// The shape of the repeated volume.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try requireVolumes(inputShape)
    return try outputShape([
      inputShape[0] * size.depth, inputShape[1] * size.height, inputShape[2] * size.width,
      inputShape[3],
    ])
  }

  /// Repeats the elements.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let depths = (0..<x.shape[1]).flatMap { Array(repeating: Optional($0), count: size.depth) }
    let y = UpSampling2D(size.plane).call(x.planes(at: depths), training: false)
    return y.reshaped(Shape([x.shape[0], depths.count] + y.shape.dropFirst()))
  }
}

extension UpSampling3D: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.requireChannelsLast()
    self.init(try reader.size3D("size", default: 2), name: reader.name)
  }
}
