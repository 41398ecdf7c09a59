import JSON
import Preconditions
public import Tensors

/// A 2D convolution: activation(x ∗ kernel + bias).
///
/// ```swift
/// let layer = Conv2D(32, 3, padding: .same, activation: .relu)  // 32 filters of 3 × 3 pixels
/// let features = layer(Tensor(zeros: [8, 28, 28, 1]))  // [8, 28, 28, 32]
/// ```
public final class Conv2D: BaseConv {
  /// The number of filters, which is the number of output channels.
  public let filters: Int

  /// The number of groups; input and output channels are split into this many groups that are
  /// convolved separately.
  public let groups: Int

  /// The kernel, of shape `[kernel height, kernel width, input channels / groups, filters]`.
  ///
  /// - Precondition: The layer is built.
  public var kernel: Variable { weight(0) }

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
    requirePositive(filters, "filters", file: file, line: line)
    requireStridesOrDilation(strides, dilationRate, file: file, line: line)
    require(
      groups > 0 && filters % groups == 0,
      "`groups` must be at least 1 and divide `filters`, but is \(groups) for \(filters).",
      file: file, line: line)
    (self.filters, self.groups) = (filters, groups)
    super.init(
      kernelSize, strides: strides, padding, dilation: dilationRate, activation, useBias: useBias,
      kernels: [kernelInitializer], bias: biasInitializer, name: name, file: file,
      line: line)
  }

  override var ownOptions: JSON.Object {
    ["filters": .integer(filters), "groups": groups == 1 ? nil : .integer(groups)]
  }

  /// The kernel and the bias.
  public override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    try specifications(
      kernels: [
        (
          "kernel",
          [kernelSize.height, kernelSize.width, try channelsOfGroup(inputShape), filters]
        )
      ], channels: filters)
  }

  /// The shape `[output height, output width, filters]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let window = try window(over: inputShape)
    return try outputShape([window.outputHeight, window.outputWidth, filters])
  }

  /// The elements of the output and of the padded image: the patch matrix (im2col) is not stored.
  override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    workingCount(of: try window(over: inputShape), taps: 0, filters: filters)
  }

  override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    let taps = [kernelSize.height, kernelSize.width, try channelsOfGroup(inputShape)]
    return multiplicationCount(
      of: try window(over: inputShape), taps: Shape(taps).elements * Double(groups),
      lanes: filters / groups)
  }

  override func window(over inputShape: Shape) throws(ShapeError) -> Window {
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
        self,
        "has \(groups) groups, which do not divide the channels of its input \(text(inputShape))")
    }
    return inputShape[2] / groups
  }

  override func convolve(_ x: Tensor, kernels: [Tensor], bias: Tensor?) -> Tensor {
    x.convolution(
      kernels[0], bias: bias, relu: activation == .relu, strides: strides, padding: padding,
      dilation: dilationRate, groups: groups)
  }
}

extension Conv2D: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["kernel", "bias"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] {
    ["kernel_initializer": "glorot_uniform", "bias_initializer": "zeros"]
  }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.readDataFormat()
    let filters = try reader.integer("filters", atMost: OptionReader.Limit.channels)
    let strides = try reader.size("strides", default: 1)
    self.init(
      filters, try reader.size("kernel_size", default: nil), strides: strides,
      padding: try reader.padding(mayBeCausal: true),
      dilationRate: try reader.dilationRate(strides: strides),
      groups: try reader.groups(filters: filters), activation: try reader.activation(),
      useBias: try reader.bool("use_bias", default: true), name: reader.name)
  }
}
