import Preconditions
public import Tensors

/// A depthwise convolution, and a pointwise one after it that mixes the channels:
/// activation((x ∗ depthwise kernel) ∗ pointwise kernel + bias).
public final class SeparableConv2D: Layer {
  /// The number of output channels.
  public let filters: Int

  /// The size of the depthwise kernels.
  public let kernelSize: Size2D

  /// How far the depthwise kernels move.
  public let strides: Size2D

  /// What happens at the border.
  public let padding: Padding

  /// The distance of the pixels that the depthwise kernels see; 1 if they are neighbours.
  public let dilationRate: Size2D

  /// The number of depthwise output channels for each input channel.
  public let depthMultiplier: Int

  /// The function that is applied to the sum.
  public let activation: ActivationFunction

  /// Whether a bias is added.
  public let useBias: Bool

  private let depthwiseInitializer: Initializer
  private let pointwiseInitializer: Initializer
  private let biasInitializer: Initializer

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - filters: The number of output channels, at least 1.
  ///   - kernelSize: The size of the depthwise kernels.
  ///   - strides: How far the depthwise kernels move.
  ///   - padding: What happens at the border.
  ///   - dilationRate: The distance of the pixels that the depthwise kernels see; 1 if they are
  ///     neighbours.
  ///   - depthMultiplier: The number of depthwise output channels for each input channel, at least 1.
  ///   - activation: The function that is applied to the sum.
  ///   - useBias: Whether a bias is added.
  ///   - depthwiseInitializer: How the depthwise kernels are drawn.
  ///   - pointwiseInitializer: How the pointwise kernel is drawn.
  ///   - biasInitializer: How the bias is drawn.
  ///   - name: What the layer is called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    _ filters: Int, _ kernelSize: Size2D, strides: Size2D = 1, padding: Padding = .valid,
    dilationRate: Size2D = 1, depthMultiplier: Int = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, depthwiseInitializer: Initializer = .glorotUniform,
    pointwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      filters > 0, "SeparableConv2D: `filters` must be at least 1, but is \(filters).", file: file,
      line: line)
    require(
      depthMultiplier > 0, "`depthMultiplier` must be at least 1, but is \(depthMultiplier).",
      file: file, line: line)
    self.filters = filters
    self.kernelSize = kernelSize
    self.strides = strides
    self.padding = padding
    self.dilationRate = dilationRate
    self.depthMultiplier = depthMultiplier
    self.activation = activation
    self.useBias = useBias
    self.depthwiseInitializer = depthwiseInitializer
    self.pointwiseInitializer = pointwiseInitializer
    self.biasInitializer = biasInitializer
    super.init(name: name)
  }

  /// The depthwise kernels, of shape `[kernel height, kernel width, channels, depth multiplier]`.
  ///
  /// - Precondition: The layer is built.
  public var depthwiseKernel: Variable { weight(0) }

  /// The pointwise kernel, of shape `[1, 1, channels * depth multiplier, filters]`.
  ///
  /// - Precondition: The layer is built.
  public var pointwiseKernel: Variable { weight(1) }

  /// The bias, of shape `[filters]`, if there is one.
  public var bias: Variable? { useBias ? weight(2) : nil }

  /// Filters, the size of the kernels, the activation, and the options that differ from Keras's
  /// defaults.
  public override var config: [String: JSON] {
    var config: [String: JSON] = [
      "filters": .integer(filters), "kernel_size": kernelSize.json,
      "activation": .string(activation.rawValue),
    ]
    if strides != 1 { config["strides"] = strides.json }
    if padding != .valid { config["padding"] = .string(padding.rawValue) }
    if dilationRate != 1 { config["dilation_rate"] = dilationRate.json }
    if depthMultiplier != 1 { config["depth_multiplier"] = .integer(depthMultiplier) }
    if !useBias { config["use_bias"] = .bool(false) }
    return config
  }

  /// The kernels and the bias.
  public override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    try requireImages(inputShape)
    let channels = inputShape[2]
    let depthwise = WeightSpecification(
      "depthwise_kernel",
      shape: try weightShape([kernelSize.height, kernelSize.width, channels, depthMultiplier]),
      initializer: depthwiseInitializer)
    let pointwise = WeightSpecification(
      "pointwise_kernel", shape: try weightShape([1, 1, channels * depthMultiplier, filters]),
      initializer: pointwiseInitializer)
    let bias = WeightSpecification("bias", shape: [filters], initializer: biasInitializer)
    return useBias ? [depthwise, pointwise, bias] : [depthwise, pointwise]
  }

  /// The shape `[output height, output width, filters]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let window = try window(over: inputShape)
    return try outputShape([window.outputHeight, window.outputWidth, filters])
  }

  /// The output of both convolutions, and an image with what is around it.
  override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    workingCount(
      of: try window(over: inputShape), taps: inputShape[2] * depthMultiplier, filters: filters)
  }

  private func window(over inputShape: Shape) throws(ShapeError) -> Window {
    try window(
      kernelSize, strides: strides, dilation: dilationRate, padding: padding, over: inputShape)
  }

  /// Convolves each channel, then mixes them.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let channels = x.depthwiseConvolution(
      depthwiseKernel.value, strides: strides, padding: padding, dilation: dilationRate)
    let y = channels.convolution(
      pointwiseKernel.value, bias: bias?.value, relu: activation == .relu)
    return activation == .relu ? y : activation(y)
  }
}

extension SeparableConv2D: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["depthwise_kernel", "pointwise_kernel", "bias"] }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    try reader.readDataFormat()
    // tf_keras writes the options of its base class, which mean nothing here.
    reader.ignore("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint")
    self.init(
      try reader.integer("filters", atMost: ConfigReader.Limit.channels),
      try reader.size("kernel_size", default: nil),
      strides: try reader.size("strides", default: 1), padding: try reader.padding(),
      dilationRate: try reader.size("dilation_rate", default: 1),
      depthMultiplier: try reader.depthMultiplier(), activation: try reader.activation(),
      useBias: try reader.bool("use_bias", default: true), name: reader.layer)
  }
}
