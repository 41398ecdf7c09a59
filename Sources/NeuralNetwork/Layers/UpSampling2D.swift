public import JSON
public import Tensors

/// Upsamples images by integer factors.
///
/// ```swift
/// let layer = UpSampling2D(2, interpolation: .bilinear)
/// let doubled = layer(Tensor(zeros: [8, 7, 7, 32]))  // [8, 14, 14, 32]
/// ```
public final class UpSampling2D: Layer {
  /// The upsampling factors of height and width.
  public let size: Size2D

  /// The interpolation method.
  public let interpolation: Interpolation

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - size: The upsampling factors of height and width.
  ///   - interpolation: The interpolation method.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(_ size: Size2D = 2, interpolation: Interpolation = .nearest, name: String? = nil) {
    self.size = size
    self.interpolation = interpolation
    super.init(name: name)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    var config: JSON.Object = [:]
    if size != 2 { config["size"] = size.json }
    if interpolation != .nearest { config["interpolation"] = .string(interpolation.rawValue) }
    return config
  }

  /// The shape `[height * size.height, width * size.width, channels]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try requireImages(inputShape)
    return try outputShape([
      inputShape[0] * size.height, inputShape[1] * size.width, inputShape[2],
    ])
  }

  /// Upsamples the images.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    x.upSampled(size, interpolation: interpolation)
  }
}

extension UpSampling2D: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.readDataFormat()
    self.init(
      try reader.size("size", default: 2),
      interpolation: try reader.interpolation(default: .nearest),
      name: reader.name)
  }
}
