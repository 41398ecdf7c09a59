public import JSON
import Preconditions
public import Tensors

/// Long short-term memory whose products are 2D convolutions, over sequences of images.
///
/// The gates are in Keras's order: input, forget, candidate, output.
///
/// Source: X. Shi et al., *Convolutional LSTM Network*, NeurIPS 2015;
/// keras/src/layers/rnn/conv_lstm.py.
///
/// ```swift
/// let layer = ConvLSTM2D(4, 3, padding: .same)
/// let last = layer(Tensor(zeros: [2, 10, 16, 16, 1]))  // [2, 16, 16, 4]
/// ```
public final class ConvLSTM2D: Layer {
  /// The number of filters: the channels of the state and of the output.
  public let filters: Int
  /// The kernel size, of the input and of the state.
  public let kernelSize: Size2D
  /// The strides of the kernel of the input.
  public let strides: Size2D
  /// The padding mode of the input; the state has the padding `same`.
  public let padding: Padding
  /// The dilation rate of the kernel of the input; 1 means no dilation.
  public let dilationRate: Size2D
  /// The options that all recurrent layers share.
  public let options: RecurrentOptions

  private let seedGenerator = SeedGenerator()

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - filters: The number of filters (output channels), at least 1.
  ///   - kernelSize: The kernel size.
  ///   - strides: The strides of the kernel of the input.
  ///   - padding: The padding mode of the input, `valid` or `same`.
  ///   - dilationRate: The dilation rate of the kernel of the input; 1 means no dilation, and is
  ///     required for strides above 1.
  ///   - options: The other options. The layer neither returns its states nor keeps them between
  ///     calls.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ filters: Int, _ kernelSize: Size2D, strides: Size2D = 1, padding: Padding = .valid,
    dilationRate: Size2D = 1, options: RecurrentOptions = RecurrentOptions(), name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(filters, "filters", file: file, line: line)
    requireStridesOrDilation(strides, dilationRate, file: file, line: line)
    require(
      padding != .causal, "ConvLSTM2D: `padding` must be valid or same, but is causal.", file: file,
      line: line)
    require(
      !options.returnsState && !options.isStateful,
      "ConvLSTM2D: `returnsState` and `isStateful` must be false.", file: file, line: line)
    for (rate, name) in [
      (options.dropout, "dropout"), (options.recurrentDropout, "recurrentDropout"),
    ] {
      require(
        rate >= 0 && rate < 1, "`\(name)` must be at least 0 and less than 1, but is \(rate).",
        file: file, line: line)
    }
    (self.filters, self.kernelSize, self.strides) = (filters, kernelSize, strides)
    (self.padding, self.dilationRate, self.options) = (padding, dilationRate, options)
    super.init(name: name)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    var config = options.config(of: .lstm)
    config["filters"] = .integer(filters)
    config["kernel_size"] = kernelSize.json
    if strides != 1 { config["strides"] = strides.json }
    if padding != .valid { config["padding"] = .string(padding.rawValue) }
    if dilationRate != 1 { config["dilation_rate"] = dilationRate.json }
    return config
  }

  /// The names of the activations in a Keras generation.
  override func config(for dialect: KerasDialect) -> JSON.Object {
    var config = super.config(for: dialect)
    config["recurrent_activation"] = options.recurrentActivation.kerasName(in: dialect)
      .map(JSON.string)
    return config
  }

  /// The activation functions of the cell.
  override var gateFunctions: [ActivationFunction] {
    [options.activation, options.recurrentActivation]
  }

  /// The random number generator of dropout.
  public override var seedGenerators: [SeedGenerator] { [seedGenerator] }

  private func window(over inputShape: Shape) throws(ShapeError) -> Window {
    guard inputShape.count == 4 else {
      throw ShapeError(
        self, "needs sequences of images [steps, height, width, channels], not \(inputShape)")
    }
    let window = Window(
      kernelSize, strides: strides, dilation: dilationRate, padding: padding,
      over: Shape(inputShape.dropFirst()))
    guard let window else {
      throw ShapeError(self, "has a window larger than its input \(inputShape)")
    }
    return window
  }

  /// The kernel, the recurrent kernel and the bias.
  public override func weightSpecifications(
    inputShape: Shape
  ) throws(ShapeError) -> [WeightSpecification] {
    _ = try window(over: inputShape)
    let size = [kernelSize.height, kernelSize.width]
    let kernels = [
      WeightSpecification(
        "kernel", shape: try weightShape(size + [inputShape[3], 4 * filters]),
        initializer: options.kernelInitializer),
      WeightSpecification(
        "recurrent_kernel", shape: try weightShape(size + [filters, 4 * filters]),
        initializer: options.recurrentInitializer),
    ]
    guard options.usesBias else { return kernels }
    // A bias of 0 becomes 1 for the forget gate: Keras's `unit_forget_bias`.
    let initializer =
      options.biasInitializer == .zeros ? .forgetGateOnes : options.biasInitializer
    return kernels + [
      WeightSpecification("bias", shape: [4 * filters], initializer: initializer)
    ]
  }

  /// Keras's cell has the weights.
  package override func group(ofWeight index: Int) -> String { "cell/" }

  /// `[steps, height, width, filters]` for the outputs of all steps, otherwise without the steps.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let window = try window(over: inputShape)
    let steps = options.returnsSequences ? [inputShape[0]] : []
    return try outputShape(steps + [window.outputHeight, window.outputWidth, filters])
  }

  /// The number of positions of the kernels in all steps.
  func places(inputShape: Shape) throws(ShapeError) -> Double {
    let window = try window(over: inputShape)
    return Double(inputShape[0]) * Double(window.outputHeight) * Double(window.outputWidth)
  }

  override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    let taps = kernelSize.height * kernelSize.width
    return try places(inputShape: inputShape)
      * Double(taps * (inputShape[3] + filters) + 14 * filters)
  }

  override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    let taps = Double(kernelSize.height * kernelSize.width)
    return try places(inputShape: inputShape) * taps * Double(inputShape[3] + filters)
      * 4 * Layer.vectorized(filters)
  }

  /// Goes through the sequences.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let shape = Shape(x.shape.dropFirst())
    guard let window = try? window(over: shape), shape[3] == weights[0].value.shape[2] else {
      fail("The layer '\(name)' does not take sequences of the shape \(x.shape).")
    }
    let (batch, steps) = (x.shape[0], x.shape[1])
    let plane = [window.outputHeight, window.outputWidth]
    let images = Shape([batch * steps] + shape.dropFirst())
    var inputs = gates(
      of: x, maskShape: Shape([batch, 1] + shape.dropFirst()), weights[0].value,
      dropout: training ? options.dropout : 0
    ) { [strides, padding, dilationRate] x, kernel in
      x.reshaped(images).convolution(
        kernel, strides: strides, padding: padding, dilation: dilationRate)
    }
    if options.usesBias { inputs = inputs + weights[2].value }
    inputs = inputs.reshaped(Shape([batch, steps] + plane + [4 * filters]))

    let state = Shape([batch] + plane + [filters])
    var masks: Tensor?
    if training, options.recurrentDropout > 0 {
      masks = dropped(Shape([batch] + plane + [4 * filters]), at: options.recurrentDropout)
    }
    // With one step, the recurrent kernel has a gradient of zero, as in Keras.
    var (h, c): (Tensor?, Tensor?) = (steps == 1 ? Tensor(zeros: state) : nil, nil)
    var outputs: [Tensor] = []
    for step in options.goesBackwards ? Array((0..<steps).reversed()) : Array(0..<steps) {
      var z = inputs.slice(step..<step + 1, axis: 1)
        .reshaped(Shape([batch] + plane + [4 * filters]))
      if let h { z = z + recurrentGates(of: h, masks) }
      func gate(_ index: Int) -> Tensor {
        z.slice(index * filters..<(index + 1) * filters, axis: 3)
      }
      let new = options.recurrentActivation(gate(0)) * options.activation(gate(2))
      let cell = c.map { options.recurrentActivation(gate(1)) * $0 + new } ?? new
      let output = options.recurrentActivation(gate(3)) * options.activation(cell)
      (h, c) = (output, cell)
      outputs.append(output)
    }
    guard options.returnsSequences else { return h ?? Tensor(zeros: state) }
    return Tensor(
      concatenating: outputs.map { $0.reshaped(Shape([batch, 1] + plane + [filters])) }, axis: 1)
  }

  /// The convolutions for the four gates; with dropout, each gate has a mask of its own.
  private func gates(
    of x: Tensor, maskShape: Shape, _ kernel: Tensor, dropout: Float,
    _ convolve: (_ x: Tensor, _ kernel: Tensor) -> Tensor
  ) -> Tensor {
    guard dropout > 0 else { return convolve(x, kernel) }
    let parts = (0..<4).map { index in
      convolve(
        x * dropped(maskShape, at: dropout),
        kernel.slice(index * filters..<(index + 1) * filters, axis: 3))
    }
    return Tensor(concatenating: parts, axis: 3)
  }

  /// The convolutions of the state for the four gates, each with its part of the masks.
  private func recurrentGates(of h: Tensor, _ masks: Tensor?) -> Tensor {
    let kernel = weights[1].value
    guard let masks else { return h.convolution(kernel, padding: .same) }
    let parts = (0..<4).map { index in
      let channels = index * filters..<(index + 1) * filters
      return (h * masks.slice(channels, axis: 3))
        .convolution(kernel.slice(channels, axis: 3), padding: .same)
    }
    return Tensor(concatenating: parts, axis: 3)
  }

  private func dropped(_ shape: Shape, at rate: Float) -> Tensor {
    Tensor(repeating: 1, shape: shape).dropout(rate: rate, stream: seedGenerator.next())
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
    for option in ["return_state", "stateful"] { try reader.require(option, .bool(false)) }
    let strides = try reader.size("strides", default: 1)
    self.init(
      try reader.integer("filters", atMost: OptionReader.Limit.channels),
      try reader.size("kernel_size", default: nil), strides: strides,
      padding: try reader.padding(), dilationRate: try reader.dilationRate(strides: strides),
      options: try RecurrentOptions(reader, hasGates: true), name: reader.name)
  }
}
