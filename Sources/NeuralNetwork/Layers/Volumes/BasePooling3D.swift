public import JSON
import Preconditions
public import Tensors

/// The base class of the pooling of volumes.
///
/// See ``MaxPooling3D`` for an example.
public class BasePooling3D: Layer {
  /// The size of the pooling window.
  public final let poolSize: Size3D

  /// The strides of the window.
  public final let strides: Size3D

  /// The padding mode; padding is excluded from averages, as in Keras.
  public final let padding: Padding

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - poolSize: The size of the pooling window.
  ///   - strides: The strides of the window; defaults to `poolSize`.
  ///   - padding: The padding mode, `valid` or `same`.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ poolSize: Size3D = 2, strides: Size3D? = nil, padding: Padding = .valid, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      padding != .causal, "`padding` of a pooling must be valid or same, but is causal.",
      file: file, line: line)
    (self.poolSize, self.strides, self.padding) = (poolSize, strides ?? poolSize, padding)
    super.init(name: name)
  }

  /// Creates a layer with the options of a file.
  package required convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.requireChannelsLast()
    let poolSize = try reader.size3D("pool_size", default: 2)
    self.init(
      poolSize, strides: try reader.size3D("strides", default: poolSize),
      padding: try reader.padding(), name: reader.name)
  }

  /// The pooling size, and the options that differ from Keras's defaults.
  public final override var config: JSON.Object {
    var config: JSON.Object = ["pool_size": poolSize.json]
    if strides != poolSize { config["strides"] = strides.json }
    if padding != .valid { config["padding"] = .string(padding.rawValue) }
    return config
  }

  private func window(over inputShape: Shape) throws(ShapeError) -> VolumeWindow {
    try window(poolSize, strides: strides, padding: padding, over: inputShape)
  }

  /// The shape `[depth, height, width, channels]`.
  public final override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    Shape(try window(over: inputShape).outputShape(inputShape[3]))
  }

  final override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    let window = try window(over: inputShape)
    return Double(poolSize.depth)
      * (window.places * Double(inputShape[3])
        + Double(window.depth) * inputShape.elements / Double(inputShape[0]))
      + inputShape.elements
  }

  final override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    try window(over: inputShape).places * poolSize.count * Layer.vectorized(inputShape[3])
  }

  /// The elements outside of the volume.
  var outside: Float { 0 }

  /// Pools the pixels of planes.
  func pooled(_ planes: Tensor) -> Tensor { fail("\(Self.className) must override `pooled(_:)`.") }

  /// Joins the pooled planes of two depths.
  func joined(_ a: Tensor, _ b: Tensor) -> Tensor {
    fail("\(Self.className) must override `joined(_:_:)`.")
  }

  /// Changes the joined planes, each of which has seen a number of planes of the volume.
  func finished(_ y: Tensor, counts: [Int]) -> Tensor { y }

  /// Pools the volumes.
  public final override func call(_ x: Tensor, training: Bool) -> Tensor {
    guard let window = try? window(over: Shape(x.shape.dropFirst())) else {
      fail("The layer '\(name)' does not take volumes of the shape \(x.shape).")
    }
    var all: Tensor?
    for depths in window.taps where depths.contains(where: { $0 != nil }) {
      let part = pooled(x.planes(at: depths, outside: outside))
      all = all.map { joined($0, part) } ?? part
    }
    let shape = Shape([x.shape[0]] + window.outputShape(x.shape[4]))
    let y = (all ?? Tensor(zeros: shape)).reshaped(shape)
    let counts = (0..<window.depth).map { place in window.taps.count { $0[place] != nil } }
    return finished(y, counts: counts)
  }
}
