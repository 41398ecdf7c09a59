public import JSON
import Preconditions
public import Tensors

/// The base class of recurrent layers, which go through sequences step by step: Keras's `RNN`.
///
/// The input has the shape `[batch, steps, features]`. Steps that its mask leaves out keep the
/// state.
///
/// See ``LSTM`` for an example.
public class BaseRecurrent: Layer {
  /// The number of units: the elements of the state and of the output.
  public final let units: Int
  /// The options that all recurrent layers share.
  public final let options: RecurrentOptions

  private let seedGenerator = SeedGenerator()
  private var keptStates: [Tensor]?

  init(
    _ units: Int, _ options: RecurrentOptions, name: String?, file: StaticString, line: UInt
  ) {
    require(units > 0, "`units` must be at least 1, but is \(units).", file: file, line: line)
    for (rate, name) in [
      (options.dropout, "dropout"), (options.recurrentDropout, "recurrentDropout"),
    ] {
      require(
        rate >= 0 && rate < 1, "`\(name)` must be at least 0 and less than 1, but is \(rate).",
        file: file, line: line)
    }
    require(
      options.activation.gate != nil && options.recurrentActivation.gate != nil,
      """
      A recurrent layer supports the activations \(ActivationFunction.gateNames), not \
      \(options.activation.rawValue) and \(options.recurrentActivation.rawValue).
      """, file: file, line: line)
    self.units = units
    self.options = options
    super.init(name: name)
  }

  /// The kind of the cell.
  var kind: RecurrentCell.Kind { fail("\(Self.className) must override `kind`.") }

  /// The initializer of the bias.
  var biasInitializer: Initializer { options.biasInitializer }

  /// The computation of a step.
  package final var cell: RecurrentCell {
    RecurrentCell(
      kind, units: units, activation: options.activation.gate ?? .linear,
      recurrentActivation: options.recurrentActivation.gate ?? .linear)
  }

  /// The units and the options in Keras's form.
  public override var config: JSON.Object {
    var config = options.config(of: kind)
    config["units"] = .integer(units)
    return config
  }

  /// The names of the activations in a Keras generation.
  override func config(for dialect: KerasDialect) -> JSON.Object {
    var config = super.config(for: dialect)
    if kind != .simple {
      config["recurrent_activation"] = .string(options.recurrentActivation.name(in: dialect))
    }
    return config
  }

  /// The activation functions of the cell.
  final override var gateFunctions: [ActivationFunction] {
    [options.activation] + (kind == .simple ? [] : [options.recurrentActivation])
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
    options.returnsSequences ? inputs[0].mask : nil
  }

  /// The kernel, the recurrent kernel and the bias.
  public final override func weightSpecifications(
    inputShape: Shape
  ) throws(ShapeError) -> [WeightSpecification] {
    guard inputShape.count == 2 else {
      throw ShapeError(self, "needs an input of the shape [steps, features], not \(inputShape)")
    }
    let width = cell.gates * units
    let kernels = [
      WeightSpecification(
        "kernel", shape: [inputShape[1], width], initializer: options.kernelInitializer),
      WeightSpecification(
        "recurrent_kernel", shape: [units, width], initializer: options.recurrentInitializer),
    ]
    guard options.usesBias else { return kernels }
    return kernels + [
      WeightSpecification("bias", shape: cell.biasShape, initializer: biasInitializer)
    ]
  }

  /// Keras's cell has the weights.
  package final override func group(ofWeight index: Int) -> String { "cell/" }

  /// The number of weights.
  package final var weightCount: Int { options.usesBias ? 3 : 2 }

  /// `[steps, units]` for the outputs of all steps, otherwise `[units]`.
  public final override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    guard inputShape.count == 2 else {
      throw ShapeError(self, "needs an input of the shape [steps, features], not \(inputShape)")
    }
    return options.returnsSequences ? [inputShape[0], units] : [units]
  }

  final override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    Double(inputShape[0]) * Double(inputShape[1] + (2 * cell.gates + 2) * units)
  }

  final override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    Double(inputShape[0]) * Double(inputShape[1] + units)
      * Double(cell.gates) * Layer.vectorized(units)
  }

  final override var stateCount: Int { cell.stateCount }

  final override var outputCount: Int { options.returnsState ? 1 + stateCount : 1 }

  /// The shapes of the output, and of the states if they are returned.
  ///
  /// - Parameter inputShapes: The shape of the input, and those of the states before the first step
  ///   if there are any.
  /// - Returns: The shapes, without the batch axis.
  /// - Throws: ``ShapeError`` if a state has another shape than `[units]`.
  public final override func outputShapes(inputShapes: [Shape]) throws(ShapeError) -> [Shape] {
    try checkStates(inputShapes, in: self, count: stateCount, units: units)
    return [try outputShape(inputShape: inputShapes[0])]
      + (1..<outputCount).map { _ in [units] }
  }

  /// Throws unless there are no states after an input, or all of them.
  final func checkStates(
    _ inputShapes: [Shape], in layer: Layer, count: Int, units: Int
  ) throws(ShapeError) {
    let states = inputShapes.dropFirst()
    guard states.isEmpty || (states.count == count && states.allSatisfy { $0 == [units] }) else {
      throw ShapeError(
        layer, "needs \(count) states of the shape [\(units)], but gets \(Array(states))")
    }
  }

  /// Goes through the sequences.
  public final override func call(_ x: Tensor, training: Bool) -> Tensor {
    run(x, weights: weights.map(\.value), training: training).output
  }

  /// Goes through the sequences, from given states, and returns the states too if the layer does.
  ///
  /// - Parameters:
  ///   - inputs: The input, and the states before the first step if there are any.
  ///   - training: Whether the call is part of training.
  /// - Returns: The output, and the states after the last step if the layer returns them.
  public final override func callForOutputs(_ inputs: [Tensor], training: Bool) -> [Tensor] {
    let (output, states) = run(
      inputs[0], states: Array(inputs.dropFirst()), weights: weights.map(\.value),
      training: training)
    return [output] + (options.returnsState ? states : [])
  }

  /// Goes through the sequences with given weights.
  ///
  /// - Parameters:
  ///   - x: `[batch, steps, features]`.
  ///   - states: The states before the first step; empty for those that the layer has.
  ///   - weights: The kernel, the recurrent kernel and the bias.
  ///   - keepsOrder: Whether the outputs of a layer that goes backwards are in the order of the
  ///     input.
  ///   - training: Whether the call is part of training.
  /// - Returns: The outputs, and the states after the last step.
  final func run(
    _ x: Tensor, states: [Tensor] = [], weights: [Tensor], keepsOrder: Bool = false, training: Bool
  ) -> (output: Tensor, states: [Tensor]) {
    require(
      states.isEmpty || states.count == stateCount,
      "The layer '\(name)' takes \(stateCount) states, but got \(states.count).")
    var recurrence = Recurrence(cell)
    recurrence.returnsSequences = options.returnsSequences
    recurrence.goesBackwards = options.goesBackwards
    recurrence.keepsOrder = keepsOrder
    recurrence.zerosMaskedOutputs = options.zerosMaskedOutputs
    let batch = x.shape[0]
    var input = x
    var factors: Tensor?
    if training, options.dropout > 0 {
      // The same features of all steps.
      input = x * ones([batch, 1, x.shape[2]], droppedAt: options.dropout)
    }
    if training, options.recurrentDropout > 0 {
      factors = ones([batch, units], droppedAt: options.recurrentDropout)
    }
    if options.isStateful, let states = keptStates, states[0].shape[0] != batch { keptStates = nil }
    let (output, last) = input.recurrence(
      recurrence, kernel: weights[0], recurrentKernel: weights[1],
      bias: options.usesBias ? weights[2] : nil,
      states: states.isEmpty ? (options.isStateful ? keptStates : nil) : states,
      recordsStates: options.returnsState,
      mask: states.isEmpty || options.usesMaskWithStates ? x.mask : nil, recurrentFactors: factors)
    if options.isStateful { keptStates = last.map(\.withoutGradient) }
    return (output, last)
  }

  private func ones(_ shape: Shape, droppedAt rate: Float) -> Tensor {
    Tensor(repeating: 1, shape: shape).dropout(rate: rate, stream: seedGenerator.next())
  }

  /// Forgets the state that a stateful layer has kept, so that the next call begins with zeros.
  public final func resetStates() { keptStates = nil }
}
