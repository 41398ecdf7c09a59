import Preconditions
public import Tensors

/// A transposed two-dimensional convolution: the gradient of a convolution, as a layer, which
/// enlarges images.
public final class Conv2DTranspose: Layer {
  /// The number of output channels.
  public let filters: Int

  /// The size of the kernel.
  public let kernelSize: Size2D

  /// How far apart the kernels of neighbouring pixels are in the output.
  public let strides: Size2D

  /// What happens at the border.
  public let padding: Padding

  /// How many rows and columns an output has beyond those that input and kernel make certain; by
  /// default as many as there may be.
  public let outputPadding: (height: Int, width: Int)?

  /// The distance of the pixels that the kernel spreads to; 1 if they are neighbours.
  public let dilationRate: Size2D

  /// The function that is applied to the sum.
  public let activation: ActivationFunction

  /// Whether a bias is added.
  public let useBias: Bool

  private let kernelInitializer: Initializer
  private let biasInitializer: Initializer

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - filters: The number of output channels, at least 1.
  ///   - kernelSize: The size of the kernel.
  ///   - strides: How far apart the kernels of neighbouring pixels are in the output.
  ///   - padding: What happens at the border; with `same`, an output has input · stride rows.
  ///   - outputPadding: How many rows and columns an output has beyond those that input and kernel
  ///     make certain, less than the strides; by default as many as there may be.
  ///   - dilationRate: The distance of the pixels that the kernel spreads to; 1 if they are
  ///     neighbours, as they must be with strides.
  ///   - activation: The function that is applied to the sum.
  ///   - useBias: Whether a bias is added.
  ///   - kernelInitializer: How the kernel is drawn.
  ///   - biasInitializer: How the bias is drawn.
  ///   - name: What the layer is called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    _ filters: Int, _ kernelSize: Size2D, strides: Size2D = 1, padding: Padding = .valid,
    outputPadding: (height: Int, width: Int)? = nil, dilationRate: Size2D = 1,
    activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      filters > 0, "Conv2DTranspose: `filters` must be at least 1, but is \(filters).", file: file,
      line: line)
    require(
      strides == 1 || dilationRate == 1,
      "`strides` or `dilationRate` must be 1, but they are \(strides) and \(dilationRate).",
      file: file, line: line)
    if let outputPadding {
      require(
        (0..<strides.height).contains(outputPadding.height)
          && (0..<strides.width).contains(outputPadding.width),
        """
        Conv2DTranspose: `outputPadding` must be at least 0 and less than `strides`, but is \
        \(outputPadding) for \(strides).
        """, file: file, line: line)
    }
    self.filters = filters
    self.kernelSize = kernelSize
    self.strides = strides
    self.padding = padding
    self.outputPadding = outputPadding
    self.dilationRate = dilationRate
    self.activation = activation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    super.init(name: name)
  }

  /// The kernel, of shape `[kernel height, kernel width, filters, input channels]`.
  ///
  /// - Precondition: The layer is built.
  public var kernel: Variable { weight(0) }

  /// The bias, of shape `[filters]`, if there is one.
  public var bias: Variable? { useBias ? weight(1) : nil }

  /// Filters, the size of the kernel, the activation, and the options that differ from Keras's
  /// defaults.
  public override var config: [String: JSON] {
    var config: [String: JSON] = [
      "filters": .integer(filters), "kernel_size": kernelSize.json,
      "activation": .string(activation.rawValue),
    ]
    if strides != 1 { config["strides"] = strides.json }
    if padding != .valid { config["padding"] = .string(padding.rawValue) }
    if let outputPadding {
      config["output_padding"] = .array([
        .integer(outputPadding.height), .integer(outputPadding.width),
      ])
    }
    if dilationRate != 1 { config["dilation_rate"] = dilationRate.json }
    if !useBias { config["use_bias"] = .bool(false) }
    return config
  }

  /// Kernel and bias.
  public override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    try requireImages(inputShape)
    let kernel = WeightSpecification(
      "kernel",
      shape: try weightShape([kernelSize.height, kernelSize.width, filters, inputShape[2]]),
      initializer: kernelInitializer)
    let bias = WeightSpecification("bias", shape: [filters], initializer: biasInitializer)
    return useBias ? [kernel, bias] : [kernel]
  }

  /// The shape `[output height, output width, filters]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let window = try window(over: inputShape)
    return try outputShape([window.inputHeight, window.inputWidth, filters])
  }

  /// The output with what is around it, and what each pixel adds to it.
  override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    workingCount(
      of: try window(over: inputShape), taps: kernelSize.height * kernelSize.width * filters,
      filters: inputShape[2])
  }

  /// The window of the convolution whose gradient this is: it slides over the output.
  private func window(over inputShape: Shape) throws(ShapeError) -> Window {
    try requireImages(inputShape)
    let window = Window(
      transposed: kernelSize, strides: strides, dilation: dilationRate, padding: padding,
      outputPadding: outputPadding, over: inputShape, filters: filters)
    guard let window else {
      throw ShapeError(self, "makes images without pixels of its input \(inputShape)")
    }
    return window
  }

  /// Computes activation(what x spreads + bias).
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let y = x.transposedConvolution(
      kernel.value, strides: strides, padding: padding, outputPadding: outputPadding,
      dilation: dilationRate)
    return activation(bias.map { y + $0.value } ?? y)
  }
}

extension Conv2DTranspose: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["kernel", "bias"] }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    try reader.readDataFormat()
    // tf_keras writes it, and computes only that.
    try reader.require("groups", .integer(1))
    let strides = try reader.size("strides", default: 1)
    self.init(
      try reader.integer("filters", atMost: ConfigReader.Limit.channels),
      try reader.size("kernel_size", default: nil), strides: strides,
      padding: try reader.padding(), outputPadding: try reader.outputPadding(strides: strides),
      dilationRate: try reader.dilationRate(strides: strides),
      activation: try reader.activation(), useBias: try reader.bool("use_bias", default: true),
      name: reader.layer)
  }
}
