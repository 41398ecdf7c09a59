import Preconditions
public import Tensors

/// Long short-term memory whose products are 3D convolutions, over sequences of volumes.
///
/// ```swift
/// let layer = ConvLSTM3D(4, 3, padding: .same)
/// let last = layer(Tensor(zeros: [2, 5, 8, 8, 8, 1]))  // [2, 8, 8, 8, 4]
/// ```
public final class ConvLSTM3D: BaseConvLSTM {
  /// The kernel size, of the input and of the state.
  public let kernelSize: Size3D
  /// The strides of the kernel of the input.
  public let strides: Size3D
  /// The dilation rate of the kernel; 1 means no dilation.
  ///
  /// The recurrent kernel has none.
  public let dilationRate: Size3D

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
    _ filters: Int, _ kernelSize: Size3D, strides: Size3D = 1, padding: Padding = .valid,
    dilationRate: Size3D = 1, options: RecurrentOptions = RecurrentOptions(), name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      strides == 1 || dilationRate == 1,
      "`strides` or `dilationRate` must be 1, but they are \(strides) and \(dilationRate).",
      file: file, line: line)
    (self.kernelSize, self.strides, self.dilationRate) = (kernelSize, strides, dilationRate)
    super.init(
      filters, kernelSize.extents, strides: strides.extents, padding: padding,
      dilation: dilationRate.extents, options: options, name: name, file: file, line: line)
  }

  override class var axes: String { "depth, height, width, channels" }

  override func stateExtents(_ step: Shape) -> [Int]? {
    let window = try? window(
      kernelSize, strides: strides, dilation: dilationRate, padding: padding, over: step)
    return window.map { Array($0.outputShape(filters).dropLast()) }
  }

  override func convolved(_ x: Tensor, _ kernel: Tensor) -> Tensor {
    convolved(x, kernel, strides: strides, dilation: dilationRate, padding)
  }

  override func convolvedState(_ h: Tensor, _ kernel: Tensor) -> Tensor {
    convolved(h, kernel, strides: 1, dilation: 1, .same)
  }

  private func convolved(
    _ x: Tensor, _ kernel: Tensor, strides: Size3D, dilation: Size3D, _ padding: Padding
  ) -> Tensor {
    let window = try? window(
      kernelSize, strides: strides, dilation: dilation, padding: padding,
      over: Shape(x.shape.dropFirst()))
    guard let window else {
      fail("The layer '\(name)' does not take volumes of the shape \(x.shape).")
    }
    return x.convolved(kernel, window, strides: strides.plane, padding, dilation.plane)
  }
}

extension ConvLSTM3D: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["kernel", "recurrent_kernel", "bias"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] { BaseRecurrent.kerasInitializers }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.requireChannelsLast()
    let strides = try reader.size3D("strides", default: 1)
    let dilation = try reader.size3D("dilation_rate", default: 1)
    guard strides == 1 || dilation == 1 else {
      throw reader.invalid("dilation_rate", "cannot go together with strides over 1")
    }
    self.init(
      try reader.integer("filters", atMost: OptionReader.Limit.channels),
      try reader.size3D("kernel_size", default: nil), strides: strides,
      padding: try reader.padding(), dilationRate: dilation,
      options: try RecurrentOptions(reader, hasGates: true), name: reader.name)
  }
}
