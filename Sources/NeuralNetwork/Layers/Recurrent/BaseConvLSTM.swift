public import JSON
import Preconditions
public import Tensors

/// The base class of layers of long short-term memory whose products are convolutions, over
/// sequences of signals, images or volumes: Keras's `ConvLSTM`.
///
/// The input has the shape `[batch, steps, extents…, channels]`. Steps that its mask leaves out
/// keep the state. The gates are in Keras's order: input, forget, candidate, output.
///
/// See ``ConvLSTM2D`` for an example.
///
/// Source: X. Shi et al., *Convolutional LSTM Network*, NeurIPS 2015;
/// keras/src/layers/rnn/conv_lstm.py.
public class BaseConvLSTM: Layer {
  /// The number of filters: the channels of the state and of the output.
  public final let filters: Int
  /// The padding mode of the input; the state has the padding `same`.
  public final let padding: Padding
  /// The options that all recurrent layers share.
  public final let options: RecurrentOptions

  /// The kernel size along each axis.
  package final let kernelExtents: [Int]
  /// The strides of the kernel of the input along each axis.
  package final let strideExtents: [Int]
  /// The dilation rate of the kernel of the input along each axis.
  package final let dilationExtents: [Int]

  private let seedGenerator = SeedGenerator()
  private var keptStates: [Tensor]?

  init(
    _ filters: Int, _ kernelExtents: [Int], strides: [Int], padding: Padding, dilation: [Int],
    options: RecurrentOptions, name: String?, file: StaticString, line: UInt
  ) {
    requirePositive(filters, "filters", file: file, line: line)
    require(
      padding != .causal, "\(Self.className): `padding` must be valid or same, but is causal.",
      file: file, line: line)
    for (rate, name) in [
      (options.dropout, "dropout"), (options.recurrentDropout, "recurrentDropout"),
    ] {
      require(
        rate >= 0 && rate < 1, "`\(name)` must be at least 0 and less than 1, but is \(rate).",
        file: file, line: line)
    }
    (self.filters, self.padding, self.options) = (filters, padding, options)
    (self.kernelExtents, strideExtents, dilationExtents) = (kernelExtents, strides, dilation)
    super.init(name: name)
  }

  // MARK: - The convolutions of a number of axes

  /// The shape of a step in words, such as `height, width, channels`.
  class var axes: String { fail("\(Self.className) must override `axes`.") }

  /// The extents of the state for an input of one step, `[extents…, channels]`; `nil` if the kernel
  /// is larger than the input.
  func stateExtents(_ step: Shape) -> [Int]? {
    fail("\(Self.className) must override `stateExtents(_:)`.")
  }

  /// Convolves inputs of the shape `[batch, extents…, channels]`.
  func convolved(_ x: Tensor, _ kernel: Tensor) -> Tensor {
    fail("\(Self.className) must override `convolved(_:_:)`.")
  }

  /// Convolves states with strides of 1 and the padding `same`.
  func convolvedState(_ h: Tensor, _ kernel: Tensor) -> Tensor {
    fail("\(Self.className) must override `convolvedState(_:_:)`.")
  }

  // MARK: - The layer

  /// The options that differ from Keras's defaults.
  public final override var config: JSON.Object {
    var config = options.config(of: .lstm)
    config["filters"] = .integer(filters)
    if padding != .valid { config["padding"] = .string(padding.rawValue) }
    config["kernel_size"] = .array(kernelExtents.map(JSON.integer))
    for (key, extents) in [("strides", strideExtents), ("dilation_rate", dilationExtents)]
    where extents.contains(where: { $0 != 1 }) {
      config[key] = .array(extents.map(JSON.integer))
    }
    return config
  }

  /// The names of the activations in a Keras generation.
  final override func config(for dialect: KerasDialect) -> JSON.Object {
    var config = super.config(for: dialect)
    config["recurrent_activation"] = .string(options.recurrentActivation.name(in: dialect))
    return config
  }

  /// The activation functions of the cell.
  final override var gateFunctions: [ActivationFunction] {
    [options.activation, options.recurrentActivation]
  }

  /// The random number generator of dropout.
  public final override var seedGenerators: [SeedGenerator] { [seedGenerator] }

  /// Whether calls may run at once: not if the layer keeps its state between them.
  public final override var isThreadSafe: Bool { !options.isStateful }

  /// Whether the layer passes a mask on: it does.
  public final override var supportsMasking: Bool { true }

  package final override var passesMask: Bool { options.returnsSequences }

  /// The mask of the input for the outputs of all steps; none for the last output.
  public final override func computeMask(_ inputs: [Tensor]) -> Tensor? {
    options.returnsSequences ? inputs[0].mask?.ofSteps : nil
  }

  /// The shape of the states for an input without the batch axis.
  private func stateShape(_ inputShape: Shape) throws(ShapeError) -> Shape {
    guard inputShape.count == kernelExtents.count + 2 else {
      throw ShapeError(self, "needs sequences [steps, \(Self.axes)], not \(inputShape)")
    }
    guard let extents = stateExtents(Shape(inputShape.dropFirst())) else {
      throw ShapeError(self, "has a window larger than its input \(inputShape)")
    }
    return try outputShape(extents + [filters])
  }

  /// The kernel, the recurrent kernel and the bias.
  public final override func weightSpecifications(
    inputShape: Shape
  ) throws(ShapeError) -> [WeightSpecification] {
    _ = try stateShape(inputShape)
    let channels = inputShape[inputShape.count - 1]
    let kernels = [
      WeightSpecification(
        "kernel", shape: try weightShape(kernelExtents + [channels, 4 * filters]),
        initializer: options.kernelInitializer),
      WeightSpecification(
        "recurrent_kernel", shape: try weightShape(kernelExtents + [filters, 4 * filters]),
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
  package final override func group(ofWeight index: Int) -> String { "cell/" }

  /// `[steps, extents…, filters]` for the outputs of all steps, otherwise without the steps.
  public final override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let state = try stateShape(inputShape)
    guard options.returnsSequences else { return state }
    return try outputShape([inputShape[0]] + state.dimensions)
  }

  final override var stateCount: Int { 2 }

  final override var outputCount: Int { options.returnsState ? 1 + stateCount : 1 }

  /// The shapes of the output, and of the states if they are returned.
  ///
  /// - Parameter inputShapes: The shape of the input, and those of the states before the first step
  ///   if there are any.
  /// - Returns: The shapes, without the batch axis.
  /// - Throws: ``ShapeError`` if a state has another shape than `[extents…, filters]`.
  public final override func outputShapes(inputShapes: [Shape]) throws(ShapeError) -> [Shape] {
    let state = try stateShape(inputShapes[0])
    let given = inputShapes.dropFirst()
    guard given.isEmpty || (given.count == stateCount && given.allSatisfy { $0 == state }) else {
      throw ShapeError(
        self, "needs \(stateCount) states of the shape \(state), but gets \(Array(given))")
    }
    return [try outputShape(inputShape: inputShapes[0])] + (1..<outputCount).map { _ in state }
  }

  /// The number of positions of the kernels in all steps.
  final func places(inputShape: Shape) throws(ShapeError) -> Double {
    Double(inputShape[0]) * (try stateShape(inputShape)).elements / Double(filters)
  }

  private var taps: Double { kernelExtents.reduce(1) { $0 * Double($1) } }

  final override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    let channels = Double(inputShape[inputShape.count - 1] + filters)
    return try places(inputShape: inputShape) * (taps * channels + 14 * Double(filters))
  }

  final override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    let channels = Double(inputShape[inputShape.count - 1] + filters)
    return try places(inputShape: inputShape) * taps * channels * 4 * Layer.vectorized(filters)
  }

  // MARK: - Computing

  /// Goes through the sequences.
  public final override func call(_ x: Tensor, training: Bool) -> Tensor {
    run(x, states: [], training: training).output
  }

  /// Goes through the sequences, from given states, and returns the states too if the layer does.
  ///
  /// - Parameters:
  ///   - inputs: The input, and the states before the first step if there are any.
  ///   - training: Whether the call is part of training.
  /// - Returns: The output, and the states after the last step if the layer returns them.
  public final override func callForOutputs(_ inputs: [Tensor], training: Bool) -> [Tensor] {
    let (output, states) = run(inputs[0], states: Array(inputs.dropFirst()), training: training)
    return [output] + (options.returnsState ? states : [])
  }

  /// Forgets the state that a stateful layer has kept, so that the next call begins with zeros.
  public final func resetStates() { keptStates = nil }

  private func run(
    _ x: Tensor, states: [Tensor], training: Bool
  ) -> (output: Tensor, states: [Tensor]) {
    let shape = Shape(x.shape.dropFirst())
    guard let state = try? stateShape(shape),
      shape[shape.count - 1] == weights[0].value.shape[kernelExtents.count]
    else { fail("The layer '\(name)' does not take sequences of the shape \(x.shape).") }
    let (batch, steps) = (x.shape[0], x.shape[1])
    let stateShape = Shape([batch] + state)
    require(
      states.isEmpty || (states.count == 2 && states.allSatisfy { $0.shape == stateShape }),
      "The layer '\(name)' takes 2 states of the shape \(stateShape), but got "
        + "\(states.map(\.shape)).")
    let inputs = inputGates(
      of: x, Shape([batch, steps] + state.dropLast() + [4 * filters]), training)

    var masks: Tensor?
    if training, options.recurrentDropout > 0 {
      masks = dropped(
        Shape([batch] + state.dropLast() + [4 * filters]), at: options.recurrentDropout)
    }
    let mask = states.isEmpty || options.usesMaskWithStates ? x.mask?.ofSteps : nil
    var before = states
    if options.isStateful, states.isEmpty, let kept = keptStates, kept[0].shape == stateShape {
      before = kept
    }
    let zeros = Tensor(zeros: stateShape)
    var (h, c) = (before.first, before.last)
    if before.isEmpty, mask != nil { (h, c) = (zeros, zeros) }
    // With one step, the recurrent kernel has a gradient of zero, as in Keras.
    if h == nil, steps == 1 { h = zeros }
    var outputs: [Tensor] = []
    for step in options.goesBackwards ? Array((0..<steps).reversed()) : Array(0..<steps) {
      var z = inputs.slice(step..<step + 1, axis: 1)
        .reshaped(Shape([batch] + state.dropLast() + [4 * filters]))
      if let h { z = z + recurrentGates(of: h, masks) }
      func gate(_ index: Int) -> Tensor {
        z.slice(index * filters..<(index + 1) * filters, axis: z.rank - 1)
      }
      let new = options.recurrentActivation(gate(0)) * options.activation(gate(2))
      let cell = c.map { options.recurrentActivation(gate(1)) * $0 + new } ?? new
      let output = options.recurrentActivation(gate(3)) * options.activation(cell)
      if let mask, let oldH = h, let oldC = c {
        let isUsed = mask.slice(step..<step + 1, axis: 1)
          .reshaped(Shape([batch] + state.map { _ in 1 }))
        let kept = options.zerosMaskedOutputs ? zeros : outputs.last ?? zeros
        outputs.append(Tensor.where(isUsed, output, kept))
        (h, c) = (Tensor.where(isUsed, output, oldH), Tensor.where(isUsed, cell, oldC))
      } else {
        (h, c) = (output, cell)
        outputs.append(output)
      }
    }
    let last = [h ?? zeros, c ?? zeros]
    if options.isStateful { keptStates = last.map(\.withoutGradient) }
    guard options.returnsSequences else { return (outputs.last ?? zeros, last) }
    let sequence = Tensor(
      concatenating: outputs.map { $0.reshaped(Shape([batch, 1] + state)) }, axis: 1)
    return (sequence, last)
  }

  /// The convolutions of all steps for the four gates, with the bias; with dropout, each gate has a
  /// mask of its own.
  private func inputGates(of x: Tensor, _ shape: Shape, _ training: Bool) -> Tensor {
    let (batch, steps) = (x.shape[0], x.shape[1])
    let frames = Shape([batch * steps] + x.shape.dropFirst(2))
    let kernel = weights[0].value
    let rate = training ? options.dropout : 0
    var y: Tensor
    if rate > 0 {
      let parts = (0..<4).map { index in
        let mask = dropped(Shape([batch, 1] + x.shape.dropFirst(2)), at: rate)
        return convolved((x * mask).reshaped(frames), part(index, of: kernel))
      }
      y = Tensor(concatenating: parts, axis: frames.count - 1)
    } else {
      y = convolved(x.reshaped(frames), kernel)
    }
    if options.usesBias { y = y + weights[2].value }
    return y.reshaped(shape)
  }

  /// The convolutions of the state for the four gates, each with its part of the masks.
  private func recurrentGates(of h: Tensor, _ masks: Tensor?) -> Tensor {
    let kernel = weights[1].value
    guard let masks else { return convolvedState(h, kernel) }
    let parts = (0..<4).map { index in
      convolvedState(h * part(index, of: masks), part(index, of: kernel))
    }
    return Tensor(concatenating: parts, axis: h.rank - 1)
  }

  /// The part of a gate along the last axis.
  private func part(_ gate: Int, of tensor: Tensor) -> Tensor {
    tensor.slice(gate * filters..<(gate + 1) * filters, axis: tensor.rank - 1)
  }

  private func dropped(_ shape: Shape, at rate: Float) -> Tensor {
    Tensor(repeating: 1, shape: shape).dropout(rate: rate, stream: seedGenerator.next())
  }
}
