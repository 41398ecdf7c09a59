public import Tensors

/// Averages each channel in each window.
public final class AveragePooling2D: Layer {
  /// The size of the window.
  public let poolSize: Size2D

  /// How far the window moves.
  public let strides: Size2D

  /// What happens at the border; elements outside the image are not counted.
  public let padding: Padding

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - poolSize: The size of the window.
  ///   - strides: How far the window moves; by default its size.
  ///   - padding: What happens at the border.
  ///   - name: What the layer is called.
  public init(
    _ poolSize: Size2D = 2, strides: Size2D? = nil, padding: Padding = .valid, name: String? = nil
  ) {
    self.poolSize = poolSize
    self.strides = strides ?? poolSize
    self.padding = padding
    super.init(name: name)
  }

  /// The size of the window, and the options that differ from Keras's defaults.
  public override var config: [String: JSON] {
    var config = ["pool_size": poolSize.json]
    if strides != poolSize { config["strides"] = strides.json }
    if padding != .valid { config["padding"] = .string(padding.rawValue) }
    return config
  }

  /// The shape `[output height, output width, channels]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let window = try window(poolSize, strides: strides, padding: padding, over: inputShape)
    return [window.outputHeight, window.outputWidth, inputShape[2]]
  }

  /// Averages.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    x.averagePooling(poolSize, strides: strides, padding: padding)
  }
}

extension AveragePooling2D: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    try reader.readDataFormat()
    let poolSize = try reader.size("pool_size", default: 2)
    self.init(
      poolSize, strides: try reader.size("strides", default: poolSize),
      padding: try reader.padding(), name: reader.layer)
  }
}
