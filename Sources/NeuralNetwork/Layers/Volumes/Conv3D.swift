public import JSON
import Preconditions
public import Tensors

/// A 3D convolution: activation(x ∗ kernel + bias).
///
/// It is the sum of 2D convolutions of planes, one for each plane of the kernel.
///
/// ```swift
/// let layer = Conv3D(8, 3, padding: .same, activation: .relu)
/// let features = layer(Tensor(zeros: [2, 16, 28, 28, 1]))  // [2, 16, 28, 28, 8]
/// ```
public final class Conv3D: Layer {
  /// The number of filters, which is the number of output channels.
  public let filters: Int
  /// The kernel size.
  public let kernelSize: Size3D
  /// The strides of the kernel.
  public let strides: Size3D
  /// The padding mode.
  public let padding: Padding
  /// The dilation rate: the spacing between the elements under the kernel; 1 means no dilation.
  public let dilationRate: Size3D
  /// The number of groups of channels that are convolved separately.
  public let groups: Int
  /// The activation function of the output.
  public let activation: ActivationFunction
  /// Whether to add a bias.
  public let useBias: Bool

  private let kernelInitializer: Initializer
  private let biasInitializer: Initializer

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - filters: The number of filters (output channels), at least 1.
  ///   - kernelSize: The kernel size.
  ///   - strides: The strides of the kernel.
  ///   - padding: The padding mode, `valid` or `same`.
  ///   - dilationRate: The dilation rate; 1 means no dilation, and is required for strides above 1.
  ///   - groups: The number of groups that are convolved separately; it must divide the numbers of
  ///     input and output channels.
  ///   - activation: The activation function of the output.
  ///   - useBias: Whether to add a bias.
  ///   - kernelInitializer: The initializer of the kernel.
  ///   - biasInitializer: The initializer of the bias.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ filters: Int, _ kernelSize: Size3D, strides: Size3D = 1, padding: Padding = .valid,
    dilationRate: Size3D = 1, groups: Int = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    requirePositive(filters, "filters", file: file, line: line)
    require(
      strides == 1 || dilationRate == 1,
      "`strides` or `dilationRate` must be 1, but they are \(strides) and \(dilationRate).",
      file: file, line: line)
    require(
      groups > 0 && filters % groups == 0,
      "`groups` must be at least 1 and divide `filters`, but is \(groups) for \(filters).",
      file: file, line: line)
    require(
      padding != .causal, "`padding` must be valid or same for volumes, but is causal.", file: file,
      line: line)
    (self.filters, self.kernelSize, self.strides) = (filters, kernelSize, strides)
    (self.padding, self.dilationRate, self.groups) = (padding, dilationRate, groups)
    (self.activation, self.useBias) = (activation, useBias)
    (self.kernelInitializer, self.biasInitializer) = (kernelInitializer, biasInitializer)
    super.init(name: name)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    var config: JSON.Object = [
      "filters": .integer(filters), "kernel_size": kernelSize.json,
      "activation": .string(activation.rawValue),
    ]
    if strides != 1 { config["strides"] = strides.json }
    if padding != .valid { config["padding"] = .string(padding.rawValue) }
    if dilationRate != 1 { config["dilation_rate"] = dilationRate.json }
    if groups != 1 { config["groups"] = .integer(groups) }
    if !useBias { config["use_bias"] = .bool(false) }
    return config
  }

  private func window(over inputShape: Shape) throws(ShapeError) -> VolumeWindow {
    let window = try window(
      kernelSize, strides: strides, dilation: dilationRate, padding: padding, over: inputShape)
    guard inputShape[3] % groups == 0 else {
      throw ShapeError(
        self, "has \(groups) groups, which do not divide the channels of its input \(inputShape)")
    }
    return window
  }

  /// The kernel and the bias.
  public override func weightSpecifications(
    inputShape: Shape
  ) throws(ShapeError) -> [WeightSpecification] {
    _ = try window(over: inputShape)
    let extents = [
      kernelSize.depth, kernelSize.height, kernelSize.width, inputShape[3] / groups, filters,
    ]
    let kernel = WeightSpecification(
      "kernel", shape: try weightShape(extents), initializer: kernelInitializer)
    let bias = WeightSpecification("bias", shape: [filters], initializer: biasInitializer)
    return useBias ? [kernel, bias] : [kernel]
  }

  /// The shape `[depth, height, width, filters]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try outputShape(try window(over: inputShape).outputShape(filters))
  }

  override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    let window = try window(over: inputShape)
    let planes = Double(window.depth) * window.plane.surroundedCount
    return Double(kernelSize.depth) * (window.places * Double(filters) + planes)
      + inputShape.elements
  }

  override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    try window(over: inputShape).places * kernelSize.count * Double(inputShape[3])
      * Layer.vectorized(filters / groups)
  }

  /// Convolves the volumes, adds the bias and applies the activation function.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let kernel = weights[0].value
    guard let window = try? window(over: Shape(x.shape.dropFirst())),
      x.shape[4] / groups == kernel.shape[3]
    else { fail("The layer '\(name)' does not take volumes of the shape \(x.shape).") }
    var y = x.convolved(
      kernel, window, strides: strides.plane, padding, dilationRate.plane, groups: groups)
    if useBias { y = y + weights[1].value }
    return activation(y)
  }
}

extension Conv3D: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["kernel", "bias"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] {
    ["kernel_initializer": "glorot_uniform", "bias_initializer": "zeros"]
  }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.requireChannelsLast()
    let filters = try reader.integer("filters", atMost: OptionReader.Limit.channels)
    let strides = try reader.size3D("strides", default: 1)
    let dilation = try reader.size3D("dilation_rate", default: 1)
    guard strides == 1 || dilation == 1 else {
      throw reader.invalid("dilation_rate", "cannot go together with strides over 1")
    }
    self.init(
      filters, try reader.size3D("kernel_size", default: nil), strides: strides,
      padding: try reader.padding(), dilationRate: dilation,
      groups: try reader.groups(filters: filters), activation: try reader.activation(),
      useBias: try reader.bool("use_bias", default: true), name: reader.name)
  }
}
