public import JSON
import Preconditions
public import Tensors

/// A 2D convolution: activation(x ∗ kernel + bias).
public final class Conv2D: Layer {
  /// The number of filters, which is the number of output channels.
  public let filters: Int

  /// The kernel size.
  public let kernelSize: Size2D

  /// The strides of the kernel.
  public let strides: Size2D

  /// The padding mode.
  public let padding: Padding

  /// The dilation rate: the spacing between input pixels under the kernel; 1 means no dilation.
  public let dilationRate: Size2D

  /// The number of groups; input and output channels are split into this many groups that are
  /// convolved separately.
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
  ///   - padding: The padding mode.
  ///   - dilationRate: The dilation rate: the spacing between input pixels under the kernel; 1
  ///     means no dilation, and is required for strides above 1.
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
    _ filters: Int, _ kernelSize: Size2D, strides: Size2D = 1, padding: Padding = .valid,
    dilationRate: Size2D = 1, groups: Int = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    require(
      filters > 0, "Conv2D: `filters` must be at least 1, but is \(filters).", file: file,
      line: line)
    require(
      strides == 1 || dilationRate == 1,
      "`strides` or `dilationRate` must be 1, but they are \(strides) and \(dilationRate).",
      file: file, line: line)
    require(
      groups > 0 && filters % groups == 0,
      "Conv2D: `groups` must be at least 1 and divide `filters`, but is \(groups) for \(filters).",
      file: file, line: line)
    self.filters = filters
    self.kernelSize = kernelSize
    self.strides = strides
    self.padding = padding
    self.dilationRate = dilationRate
    self.groups = groups
    self.activation = activation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    super.init(name: name)
  }

  /// The kernel, of shape `[kernel height, kernel width, input channels / groups, filters]`.
  ///
  /// - Precondition: The layer is built.
  public var kernel: Variable { weight(0) }

  /// The bias, of shape `[filters]`; `nil` if `useBias` is `false`.
  public var bias: Variable? { useBias ? weight(1) : nil }

  /// The options that differ from Keras's defaults.
  public override var config: [String: JSON] {
    var config: [String: JSON] = [
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

  /// The kernel and the bias.
  public override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    let kernel = WeightSpecification(
      "kernel",
      shape: try weightShape([
        kernelSize.height, kernelSize.width, try channelsOfGroup(inputShape), filters,
      ]), initializer: kernelInitializer)
    let bias = WeightSpecification("bias", shape: [filters], initializer: biasInitializer)
    return useBias ? [kernel, bias] : [kernel]
  }

  /// The shape `[output height, output width, filters]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let window = try window(over: inputShape)
    return try outputShape([window.outputHeight, window.outputWidth, filters])
  }

  /// The elements of the output, the patch matrix (im2col) and the padded image.
  override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    let channels = try channelsOfGroup(inputShape)
    return workingCount(
      of: try window(over: inputShape), taps: kernelSize.height * kernelSize.width * channels,
      filters: filters)
  }

  private func window(over inputShape: Shape) throws(ShapeError) -> Window {
    _ = try channelsOfGroup(inputShape)
    return try window(
      kernelSize, strides: strides, dilation: dilationRate, padding: padding, groups: groups,
      over: inputShape)
  }

  /// The number of input channels of each group.
  private func channelsOfGroup(_ inputShape: Shape) throws(ShapeError) -> Int {
    try requireImages(inputShape)
    guard inputShape[2] % groups == 0 else {
      throw ShapeError(
        self, "has \(groups) groups, which do not divide the channels of its input \(inputShape)")
    }
    return inputShape[2] / groups
  }

  /// Computes activation(x ∗ kernel + bias).
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let y = x.convolution(
      kernel.value, bias: bias?.value, relu: activation == .relu, strides: strides,
      padding: padding, dilation: dilationRate, groups: groups)
    return activation == .relu ? y : activation(y)
  }
}

extension Conv2D: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["kernel", "bias"] }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    try reader.readDataFormat()
    let filters = try reader.integer("filters", atMost: ConfigReader.Limit.channels)
    let strides = try reader.size("strides", default: 1)
    self.init(
      filters, try reader.size("kernel_size", default: nil), strides: strides,
      padding: try reader.padding(), dilationRate: try reader.dilationRate(strides: strides),
      groups: try reader.groups(filters: filters), activation: try reader.activation(),
      useBias: try reader.bool("use_bias", default: true), name: reader.layer)
  }
}
