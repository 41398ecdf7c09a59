public import Tensors

/// Long short-term memory whose products are 2D convolutions, over sequences of images.
///
/// ```swift
/// let layer = ConvLSTM2D(4, 3, padding: .same)
/// let last = layer(Tensor(zeros: [2, 10, 16, 16, 1]))  // [2, 16, 16, 4]
/// ```
public final class ConvLSTM2D: BaseConvLSTM {
  /// The kernel size, of the input and of the state.
  public let kernelSize: Size2D
  /// The strides of the kernel of the input.
  public let strides: Size2D
  /// The dilation rate of the kernel; 1 means no dilation.
  ///
  /// The recurrent kernel has none.
  public let dilationRate: Size2D

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - filters: The number of filters (output channels), at least 1.
  ///   - kernelSize: The kernel size.
  ///   - strides: The strides of the kernel of the input.
  ///   - padding: The padding mode of the input, `valid` or `same`.
  ///   - dilationRate: The dilation rate of the kernel of the input; 1 means no dilation, and is
  ///     required for strides above 1.
  ///   - options: The other options.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ filters: Int, _ kernelSize: Size2D, strides: Size2D = 1, padding: Padding = .valid,
    dilationRate: Size2D = 1, options: RecurrentOptions = RecurrentOptions(), name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requireStridesOrDilation(strides, dilationRate, file: file, line: line)
    (self.kernelSize, self.strides, self.dilationRate) = (kernelSize, strides, dilationRate)
    super.init(
      filters, kernelSize.extents, strides: strides.extents, padding: padding,
      dilation: dilationRate.extents, options: options, name: name, file: file, line: line)
  }

  override class var axes: String { "height, width, channels" }

  override func stateExtents(_ step: Shape) -> [Int]? {
    Window(kernelSize, strides: strides, dilation: dilationRate, padding: padding, over: step)
      .map { [$0.outputHeight, $0.outputWidth] }
  }

  override func convolved(_ x: Tensor, _ kernel: Tensor) -> Tensor {
    x.convolution(kernel, strides: strides, padding: padding, dilation: dilationRate)
  }

  override func convolvedState(_ h: Tensor, _ kernel: Tensor) -> Tensor {
    h.convolution(kernel, padding: .same)
  }
}

extension ConvLSTM2D: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["kernel", "recurrent_kernel", "bias"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] { BaseRecurrent.kerasInitializers }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.requireChannelsLast()
    let strides = try reader.size("strides", default: 1)
    self.init(
      try reader.integer("filters", atMost: OptionReader.Limit.channels),
      try reader.size("kernel_size", default: nil), strides: strides,
      padding: try reader.padding(), dilationRate: try reader.dilationRate(strides: strides),
      options: try RecurrentOptions(reader, hasGates: true), name: reader.name)
  }
}
