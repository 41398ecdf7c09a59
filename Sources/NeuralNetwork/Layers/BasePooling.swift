public import JSON
import Preconditions
public import Tensors

/// The base class of pooling layers.
///
/// See ``MaxPooling2D`` for an example.
public class BasePooling: Layer {
  /// The size of the pooling window.
  public final let poolSize: Size2D

  /// The strides of the window.
  public final let strides: Size2D

  /// The padding mode; padding is excluded from averages, as in Keras.
  public final let padding: Padding

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - poolSize: The size of the pooling window.
  ///   - strides: The strides of the window; defaults to `poolSize`.
  ///   - padding: The padding mode.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ poolSize: Size2D = 2, strides: Size2D? = nil, padding: Padding = .valid, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      padding != .causal, "`padding` of a pooling must be valid or same, but is causal.",
      file: file, line: line)
    self.poolSize = poolSize
    self.strides = strides ?? poolSize
    self.padding = padding
    super.init(name: name)
  }

  /// Creates a layer with the options of a file.
  package required convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.readDataFormat()
    let poolSize = try reader.size("pool_size", default: 2)
    self.init(
      poolSize, strides: try reader.size("strides", default: poolSize),
      padding: try reader.padding(), name: reader.name)
  }

  /// The pooling size, and the options that differ from Keras's defaults.
  public final override var config: JSON.Object {
    var config: JSON.Object = ["pool_size": poolSize.json]
    if strides != poolSize { config["strides"] = strides.json }
    if padding != .valid { config["padding"] = .string(padding.rawValue) }
    return config
  }

  /// The shape `[output height, output width, channels]`.
  public final override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let window = try window(poolSize, strides: strides, padding: padding, over: inputShape)
    return [window.outputHeight, window.outputWidth, inputShape[2]]
  }

  final override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    multiplicationCount(
      of: try window(poolSize, strides: strides, padding: padding, over: inputShape),
      taps: Double(poolSize.height * poolSize.width), lanes: inputShape[2])
  }
}
