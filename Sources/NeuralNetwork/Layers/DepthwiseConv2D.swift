public import JSON
import Preconditions
public import Tensors

/// A depthwise 2D convolution: convolves each input channel with its own kernels.
public final class DepthwiseConv2D: Layer {
  /// The kernel size.
  public let kernelSize: Size2D

  /// The strides of the kernels.
  public let strides: Size2D

  /// The padding mode.
  public let padding: Padding

  /// The depth multiplier: the number of output channels for each input channel.
  public let depthMultiplier: Int

  /// The dilation rate: the spacing between input pixels under the kernels; 1 means no dilation.
  public let dilationRate: Size2D

  /// The activation function of the output.
  public let activation: ActivationFunction

  /// Whether to add a bias.
  public let useBias: Bool

  private let depthwiseInitializer: Initializer
  private let biasInitializer: Initializer

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - kernelSize: The kernel size.
  ///   - strides: The strides of the kernels.
  ///   - padding: The padding mode.
  ///   - depthMultiplier: The depth multiplier: the number of output channels for each input
  ///     channel, at least 1.
  ///   - dilationRate: The dilation rate: the spacing between input pixels under the kernels; 1
  ///     means no dilation.
  ///   - activation: The activation function of the output.
  ///   - useBias: Whether to add a bias.
  ///   - depthwiseInitializer: The initializer of the kernels.
  ///   - biasInitializer: The initializer of the bias.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ kernelSize: Size2D, strides: Size2D = 1, padding: Padding = .valid, depthMultiplier: Int = 1,
    dilationRate: Size2D = 1, activation: ActivationFunction = .linear, useBias: Bool = true,
    depthwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      depthMultiplier > 0, "`depthMultiplier` must be at least 1, but is \(depthMultiplier).",
      file: file, line: line)
    self.kernelSize = kernelSize
    self.strides = strides
    self.padding = padding
    self.depthMultiplier = depthMultiplier
    self.dilationRate = dilationRate
    self.activation = activation
    self.useBias = useBias
    self.depthwiseInitializer = depthwiseInitializer
    self.biasInitializer = biasInitializer
    super.init(name: name)
  }

  /// The kernels, of shape `[kernel height, kernel width, channels, depth multiplier]`.
  ///
  /// - Precondition: The layer is built.
  public var kernel: Variable { weight(0) }

  /// The bias, of shape `[channels * depth multiplier]`; `nil` if `useBias` is `false`.
  public var bias: Variable? { useBias ? weight(1) : nil }

  /// The kernel size, the activation, and the options that differ from Keras's defaults.
  public override var config: [String: JSON] {
    var config: [String: JSON] = [
      "kernel_size": kernelSize.json, "activation": .string(activation.rawValue),
    ]
    if strides != 1 { config["strides"] = strides.json }
    if padding != .valid { config["padding"] = .string(padding.rawValue) }
    if depthMultiplier != 1 { config["depth_multiplier"] = .integer(depthMultiplier) }
    if dilationRate != 1 { config["dilation_rate"] = dilationRate.json }
    if !useBias { config["use_bias"] = .bool(false) }
    return config
  }

  /// The kernels and the bias.
  public override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    try requireImages(inputShape)
    let kernel = WeightSpecification(
      "kernel",
      shape: try weightShape([
        kernelSize.height, kernelSize.width, inputShape[2], depthMultiplier,
      ]), initializer: depthwiseInitializer)
    let bias = WeightSpecification(
      "bias", shape: try weightShape([inputShape[2] * depthMultiplier]),
      initializer: biasInitializer)
    return useBias ? [kernel, bias] : [kernel]
  }

  /// The shape `[output height, output width, channels * depth multiplier]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let window = try window(over: inputShape)
    return try outputShape([
      window.outputHeight, window.outputWidth, inputShape[2] * depthMultiplier,
    ])
  }

  /// The elements of the output and of the padded image.
  override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    workingCount(
      of: try window(over: inputShape), taps: 0, filters: inputShape[2] * depthMultiplier)
  }

  private func window(over inputShape: Shape) throws(ShapeError) -> Window {
    try window(
      kernelSize, strides: strides, dilation: dilationRate, padding: padding, over: inputShape)
  }

  /// Convolves each channel.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let y = x.depthwiseConvolution(
      kernel.value, bias: bias?.value, relu: activation == .relu, strides: strides,
      padding: padding, dilation: dilationRate)
    return activation == .relu ? y : activation(y)
  }
}

extension DepthwiseConv2D: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["kernel", "bias"] }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    try reader.readDataFormat()
    // tf_keras writes options of the base class that have no effect here.
    reader.ignore(
      "groups", "filters", "kernel_initializer", "kernel_regularizer", "kernel_constraint")
    self.init(
      try reader.size("kernel_size", default: nil),
      strides: try reader.size("strides", default: 1), padding: try reader.padding(),
      depthMultiplier: try reader.depthMultiplier(),
      dilationRate: try reader.size("dilation_rate", default: 1),
      activation: try reader.activation(), useBias: try reader.bool("use_bias", default: true),
      name: reader.layer)
  }
}
