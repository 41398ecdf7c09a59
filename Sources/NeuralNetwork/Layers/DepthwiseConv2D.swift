import JSON
import Preconditions
public import Tensors

/// A depthwise 2D convolution: convolves each input channel with its own kernels.
///
/// ```swift
/// let layer = DepthwiseConv2D(3, strides: 2, padding: .same)
/// let features = layer(Tensor(zeros: [8, 28, 28, 16]))  // [8, 14, 14, 16]
/// let parameters = layer.parameterCount  // 160: 3 · 3 · 16 weights and 16 biases
/// ```
public final class DepthwiseConv2D: BaseConv {
  /// The depth multiplier: the number of output channels for each input channel.
  public let depthMultiplier: Int

  /// The kernels, of shape `[kernel height, kernel width, channels, depth multiplier]`.
  ///
  /// - Precondition: The layer is built.
  public var kernel: Variable { weight(0) }

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
    requirePositive(depthMultiplier, "depthMultiplier", file: file, line: line)
    require(
      padding != .causal, "`padding` of a depthwise convolution must be valid or same.",
      file: file, line: line)
    self.depthMultiplier = depthMultiplier
    super.init(
      kernelSize, strides: strides, padding, dilation: dilationRate, activation, useBias: useBias,
      kernels: [depthwiseInitializer], bias: biasInitializer, name: name, file: file,
      line: line)
  }

  override var ownOptions: JSON.Object {
    ["depth_multiplier": depthMultiplier == 1 ? nil : .integer(depthMultiplier)]
  }

  /// The kernels and the bias.
  public override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    try requireImages(inputShape)
    let extents = [kernelSize.height, kernelSize.width, inputShape[2], depthMultiplier]
    return try specifications(
      kernels: [("kernel", extents)], channels: inputShape[2] * depthMultiplier)
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

  override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    multiplicationCount(
      of: try window(over: inputShape), taps: Double(kernelSize.height * kernelSize.width),
      lanes: inputShape[2] * depthMultiplier)
  }

  override func convolve(_ x: Tensor, kernels: [Tensor], bias: Tensor?) -> Tensor {
    x.depthwiseConvolution(
      kernels[0], bias: bias, relu: activation == .relu, strides: strides, padding: padding,
      dilation: dilationRate)
  }
}

extension DepthwiseConv2D: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["kernel", "bias"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] {
    ["depthwise_initializer": "glorot_uniform", "bias_initializer": "zeros"]
  }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
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
      name: reader.name)
  }
}
