public import Tensors

/// Long short-term memory whose products are 1D convolutions, over sequences of signals.
///
/// ```swift
/// let layer = ConvLSTM1D(4, 3, padding: .same)
/// let last = layer(Tensor(zeros: [2, 10, 16, 1]))  // [2, 16, 4]
/// ```
public final class ConvLSTM1D: BaseConvLSTM {
  /// The kernel size, of the input and of the state.
  public let kernelSize: Int
  /// The strides of the kernel of the input.
  public let strides: Int
  /// The dilation rate of the kernel; 1 means no dilation.
  ///
  /// The recurrent kernel has none.
  public let dilationRate: Int

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
    _ filters: Int, _ kernelSize: Int, strides: Int = 1, padding: Padding = .valid,
    dilationRate: Int = 1, options: RecurrentOptions = RecurrentOptions(), name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(kernelSize, "kernelSize", file: file, line: line)
    requirePositive(strides, "strides", file: file, line: line)
    requirePositive(dilationRate, "dilationRate", file: file, line: line)
    requireStridesOrDilation(
      Size2D(row: strides), Size2D(row: dilationRate), file: file, line: line)
    (self.kernelSize, self.strides, self.dilationRate) = (kernelSize, strides, dilationRate)
    super.init(
      filters, [kernelSize], strides: [strides], padding: padding, dilation: [dilationRate],
      options: options, name: name, file: file, line: line)
  }

  override class var axes: String { "steps of the signal, channels" }

  override func stateExtents(_ step: Shape) -> [Int]? {
    Window(
      Size2D(row: kernelSize), strides: Size2D(row: strides), dilation: Size2D(row: dilationRate),
      padding: padding, over: Shape([1] + step)
    ).map { [$0.outputWidth] }
  }

  override func convolved(_ x: Tensor, _ kernel: Tensor) -> Tensor {
    x.newAxis(at: 1).convolution(
      kernel.newAxis(at: 0), strides: Size2D(row: strides), padding: padding,
      dilation: Size2D(row: dilationRate)
    ).withoutRow
  }

  override func convolvedState(_ h: Tensor, _ kernel: Tensor) -> Tensor {
    h.newAxis(at: 1).convolution(kernel.newAxis(at: 0), padding: .same).withoutRow
  }
}

extension ConvLSTM1D: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["kernel", "recurrent_kernel", "bias"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] { BaseRecurrent.kerasInitializers }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.requireChannelsLast()
    let row = reader.oneDimensional
    let strides = try row.size("strides", default: 1)
    self.init(
      try reader.integer("filters", atMost: OptionReader.Limit.channels),
      try row.size("kernel_size", default: nil).width, strides: strides.width,
      padding: try reader.padding(), dilationRate: try row.dilationRate(strides: strides).width,
      options: try RecurrentOptions(reader, hasGates: true), name: reader.name)
  }
}

extension Tensor {
  /// Images of one row as signals.
  fileprivate var withoutRow: Tensor { reshaped(Shape([shape[0]] + shape.dropFirst(2))) }
}
