import JSON
import Preconditions
public import Tensors

/// A depthwise separable 2D convolution: a depthwise convolution, then a pointwise (1 × 1) one.
///
/// It computes activation((x ∗ depthwise kernel) ∗ pointwise kernel + bias).
///
/// ```swift
/// let layer = SeparableConv2D(64, 3, padding: .same, activation: .relu)
/// let features = layer(Tensor(zeros: [8, 28, 28, 32]))  // [8, 28, 28, 64]
/// let parameters = layer.parameterCount  // 2400; a Conv2D has 18496
/// ```
public final class SeparableConv2D: BaseConv {
  /// The number of filters, which is the number of output channels.
  public let filters: Int

  /// The depth multiplier: the number of depthwise output channels for each input channel.
  public let depthMultiplier: Int

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - filters: The number of filters (output channels), at least 1.
  ///   - kernelSize: The size of the depthwise kernels.
  ///   - strides: The strides of the depthwise kernels.
  ///   - padding: The padding mode.
  ///   - dilationRate: The dilation rate: the spacing between input pixels under the depthwise
  ///     kernels; 1 means no dilation.
  ///   - depthMultiplier: The depth multiplier: the number of depthwise output channels for each
  ///     input channel, at least 1.
  ///   - activation: The activation function of the output.
  ///   - useBias: Whether to add a bias.
  ///   - depthwiseInitializer: The initializer of the depthwise kernels.
  ///   - pointwiseInitializer: The initializer of the pointwise kernel.
  ///   - biasInitializer: The initializer of the bias.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ filters: Int, _ kernelSize: Size2D, strides: Size2D = 1, padding: Padding = .valid,
    dilationRate: Size2D = 1, depthMultiplier: Int = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, depthwiseInitializer: Initializer = .glorotUniform,
    pointwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(filters, "filters", file: file, line: line)
    requirePositive(depthMultiplier, "depthMultiplier", file: file, line: line)
    (self.filters, self.depthMultiplier) = (filters, depthMultiplier)
    super.init(
      kernelSize, strides: strides, padding, dilation: dilationRate, activation, useBias: useBias,
      kernels: [depthwiseInitializer, pointwiseInitializer], bias: biasInitializer, name: name,
      file: file,
      line: line)
  }

  /// The depthwise kernels, of shape `[kernel height, kernel width, channels, depth multiplier]`.
  ///
  /// - Precondition: The layer is built.
  public var depthwiseKernel: Variable { weight(0) }

  /// The pointwise kernel, of shape `[1, 1, channels * depth multiplier, filters]`.
  ///
  /// - Precondition: The layer is built.
  public var pointwiseKernel: Variable { weight(1) }

  override var ownOptions: JSON.Object {
    let multiplier = depthMultiplier == 1 ? nil : JSON.integer(depthMultiplier)
    return ["filters": .integer(filters), "depth_multiplier": multiplier]
  }

  /// The kernels and the bias.
  public override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    try requireImages(inputShape)
    let channels = inputShape[2]
    return try specifications(
      kernels: [
        ("depthwise_kernel", [kernelSize.height, kernelSize.width, channels, depthMultiplier]),
        ("pointwise_kernel", [1, 1, channels * depthMultiplier, filters]),
      ], channels: filters)
  }

  /// The shape `[output height, output width, filters]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let window = try window(over: inputShape)
    return try outputShape([window.outputHeight, window.outputWidth, filters])
  }

  /// The elements of the outputs of both convolutions and of the padded image.
  override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    workingCount(
      of: try window(over: inputShape), taps: inputShape[2] * depthMultiplier, filters: filters)
  }

  override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    let (window, channels) = (try window(over: inputShape), inputShape[2] * depthMultiplier)
    let taps = Double(kernelSize.height * kernelSize.width)
    return multiplicationCount(of: window, taps: taps, lanes: channels)
      + multiplicationCount(of: window, taps: Double(channels), lanes: filters)
  }

  override func convolve(_ x: Tensor, kernels: [Tensor], bias: Tensor?) -> Tensor {
    let channels = x.depthwiseConvolution(
      kernels[0], strides: strides, padding: padding, dilation: dilationRate)
    return channels.convolution(kernels[1], bias: bias, relu: activation == .relu)
  }
}

extension SeparableConv2D: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["depthwise_kernel", "pointwise_kernel", "bias"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] {
    [
      "depthwise_initializer": "glorot_uniform", "pointwise_initializer": "glorot_uniform",
      "bias_initializer": "zeros",
    ]
  }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.readDataFormat()
    // tf_keras writes options of the base class that have no effect here.
    reader.ignore("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint")
    self.init(
      try reader.integer("filters", atMost: OptionReader.Limit.channels),
      try reader.size("kernel_size", default: nil),
      strides: try reader.size("strides", default: 1),
      padding: try reader.padding(mayBeCausal: true),
      dilationRate: try reader.size("dilation_rate", default: 1),
      depthMultiplier: try reader.depthMultiplier(), activation: try reader.activation(),
      useBias: try reader.bool("use_bias", default: true), name: reader.name)
  }
}
