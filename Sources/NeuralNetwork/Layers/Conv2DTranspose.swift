import JSON
import Preconditions
public import Tensors

/// A transposed 2D convolution (deconvolution), which enlarges images.
///
/// It computes the gradient of a convolution with respect to its input.
///
/// ```swift
/// let layer = Conv2DTranspose(16, 3, strides: 2, padding: .same, activation: .relu)
/// let doubled = layer(Tensor(zeros: [8, 7, 7, 32]))  // [8, 14, 14, 16]
/// ```
public final class Conv2DTranspose: BaseConv {
  /// The number of filters, which is the number of output channels.
  public let filters: Int

  /// The output padding: the additional rows and columns of the output.
  ///
  /// With `nil`, the output has (input − 1) · stride + max(kernel, stride) rows for the padding
  /// `valid`, and input · stride rows for `same`. The kernel counts with its dilation.
  public let outputPadding: (height: Int, width: Int)?

  /// The kernel, of shape `[kernel height, kernel width, filters, input channels]`.
  ///
  /// - Precondition: The layer is built.
  public var kernel: Variable { weight(0) }

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - filters: The number of filters (output channels), at least 1.
  ///   - kernelSize: The kernel size.
  ///   - strides: The strides: the spacing in the output between the kernels of neighbouring input
  ///     pixels.
  ///   - padding: The padding mode.
  ///   - outputPadding: The additional rows and columns of the output, less than the strides; `nil`
  ///     uses Keras's default, see ``outputPadding``.
  ///   - dilationRate: The dilation rate: the spacing between output pixels under the kernel; 1
  ///     means no dilation, and is required for strides above 1.
  ///   - activation: The activation function of the output.
  ///   - useBias: Whether to add a bias.
  ///   - kernelInitializer: The initializer of the kernel.
  ///   - biasInitializer: The initializer of the bias.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ filters: Int, _ kernelSize: Size2D, strides: Size2D = 1, padding: Padding = .valid,
    outputPadding: (height: Int, width: Int)? = nil, dilationRate: Size2D = 1,
    activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(filters, "filters", file: file, line: line)
    requireStridesOrDilation(strides, dilationRate, file: file, line: line)
    require(
      padding != .causal, "`padding` of a transposed convolution must be valid or same.",
      file: file, line: line)
    if let outputPadding {
      require(
        (0..<strides.height).contains(outputPadding.height)
          && (0..<strides.width).contains(outputPadding.width),
        """
        `outputPadding` must be at least 0 and less than `strides`, but is \
        \(outputPadding) for \(strides).
        """, file: file, line: line)
    }
    (self.filters, self.outputPadding) = (filters, outputPadding)
    super.init(
      kernelSize, strides: strides, padding, dilation: dilationRate, activation, useBias: useBias,
      kernels: [kernelInitializer], bias: biasInitializer, name: name, file: file,
      line: line)
  }

  override var ownOptions: JSON.Object {
    let padding = outputPadding.map { JSON.array([.integer($0.height), .integer($0.width)]) }
    return ["filters": .integer(filters), "output_padding": padding]
  }

  /// The kernel and the bias.
  public override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    try requireImages(inputShape)
    let extents = [kernelSize.height, kernelSize.width, filters, inputShape[2]]
    return try specifications(kernels: [("kernel", extents)], channels: filters)
  }

  /// The shape `[output height, output width, filters]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let window = try window(over: inputShape)
    return try outputShape([window.inputHeight, window.inputWidth, filters])
  }

  /// The elements of the padded output and of the patches that are added to it.
  override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    workingCount(
      of: try window(over: inputShape), taps: kernelSize.height * kernelSize.width * filters,
      filters: inputShape[2])
  }

  override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    let taps = Shape([kernelSize.height, kernelSize.width, inputShape[2]]).elements
    return multiplicationCount(of: try window(over: inputShape), taps: taps, lanes: filters)
  }

  /// The window of the corresponding forward convolution, which slides over this layer's output.
  override func window(over inputShape: Shape) throws(ShapeError) -> Window {
    try requireImages(inputShape)
    let window = Window(
      transposed: kernelSize, strides: strides, dilation: dilationRate, padding: padding,
      outputPadding: outputPadding, over: inputShape, filters: filters)
    guard let window else {
      throw ShapeError(self, "makes no output of its input \(text(inputShape))")
    }
    return window
  }

  override func convolve(_ x: Tensor, kernels: [Tensor], bias: Tensor?) -> Tensor {
    let y = x.transposedConvolution(
      kernels[0], strides: strides, padding: padding, outputPadding: outputPadding,
      dilation: dilationRate)
    let sum = bias.map { y + $0 } ?? y
    return activation == .relu ? activation(sum) : sum
  }
}

extension Conv2DTranspose: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["kernel", "bias"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] {
    ["kernel_initializer": "glorot_uniform", "bias_initializer": "zeros"]
  }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.readDataFormat()
    // tf_keras writes the option, but supports only 1.
    try reader.require("groups", .integer(1))
    let strides = try reader.size("strides", default: 1)
    self.init(
      try reader.integer("filters", atMost: OptionReader.Limit.channels),
      try reader.size("kernel_size", default: nil), strides: strides,
      padding: try reader.padding(), outputPadding: try reader.outputPadding(strides: strides),
      dilationRate: try reader.dilationRate(strides: strides),
      activation: try reader.activation(), useBias: try reader.bool("use_bias", default: true),
      name: reader.name)
  }
}
