public import JSON
import Preconditions
public import Tensors

/// A layer of a model: weights, and a computation that uses them.
///
/// A layer creates its weights on the first call, when the input shape is known, or in
/// ``build(inputShape:)``. To write a layer, override ``call(_:training:)-(Tensor,_)`` and, if it
/// has weights, ``weightSpecifications(inputShape:)``, and ``outputShape(inputShape:)`` if the
/// output shape differs from the input shape. A layer that contains other layers is a ``Model``. To
/// load models with the layer from files without creating the model first, register the class with
/// ``CustomObjects``.
///
/// The weights of this layer are a learned factor for each column:
///
/// ```swift
/// final class ColumnScale: Layer {
///   override func weightSpecifications(inputShape: Shape) -> [WeightSpecification] {
///     let columns = inputShape[inputShape.count - 1]
///     return [WeightSpecification("scale", shape: [columns], initializer: .ones)]
///   }
///
///   override func call(_ x: Tensor, training: Bool) -> Tensor { x * weights[0].value }
/// }
/// ```
///
/// Layers are reference types that must be used by one task at a time.
open class Layer {
  /// The name of the layer in summaries and files.
  ///
  /// The containing model names a layer without an explicit name: after the property in a subclass
  /// of ``Model``, after the class in a ``Sequential``.
  public internal(set) final var name: String

  /// Whether the name is explicit, from the initializer or a file.
  private(set) final var isNamed: Bool

  /// Sets the layer's name from a file.
  final func rename(_ name: String) {
    self.name = name
    isNamed = true
  }

  /// The seed of the initial weights; `nil` draws a random seed when the layer is built.
  ///
  /// Only the seed of the outermost layer is used; for the layers of a model, set the model's seed.
  public final var seed: UInt64?

  /// The layer's own variables in Keras's order; empty before the layer is built.
  public private(set) final var weights: [Variable] = []

  /// Whether the weights are trained; `false` freezes all weights, including those of inner layers.
  ///
  /// Keras's `trainable`. Freezing changes the computation of some layers: see
  /// ``BatchNormalization``.
  public final var isTrainable = true {
    didSet {
      for (weight, isTrained) in zip(weights, weightsAreTrained) {
        weight.isTrainable = isTrainable && isTrained
      }
      innerLayers.forEach { $0.isTrainable = isTrainable }
    }
  }

  /// Whether the weights have been created.
  open var isBuilt: Bool { hasWeights }

  private var hasWeights = false

  /// The weight at an index, for the named weights of subclasses.
  final func weight(_ index: Int) -> Variable {
    require(
      hasWeights,
      "The layer '\(name)' must be built before its weights are read: run it once or call `build`.")
    return weights[index]
  }

  /// Whether each weight is trainable while the layer is not frozen.
  private var weightsAreTrained: [Bool] = []

  /// The inner layers.
  var innerLayers: [Layer] { [] }

  /// Creates a layer.
  ///
  /// - Parameter name: The name of the layer; `nil` lets the containing model choose it.
  public init(name: String? = nil) {
    self.name = name ?? Self.className.snakeCased
    self.isNamed = name != nil
  }

  /// The name of the class in Keras and in files.
  open class var className: String { "\(self)" }

  /// The config: the options that differ from Keras's defaults, in Keras's form.
  ///
  /// A custom layer returns the options that its registered factory needs to create it again; see
  /// ``CustomObjects``.
  open var config: JSON.Object { [:] }

  /// The config in the dialect of a Keras generation, with that generation's activation names.
  func config(for dialect: KerasDialect) -> JSON.Object {
    var config = config
    if let activation = config["activation"]?.string.flatMap(ActivationFunction.init(rawValue:)) {
      config["activation"] = .string(activation.name(in: dialect))
    }
    return config
  }

  /// The group of a weight in a tree of Keras 3, in the group of the layer: empty or such as
  /// `cell/`.
  package func group(ofWeight index: Int) -> String { "" }

  /// The activation functions inside of the layer, which no layer after it can compute.
  var gateFunctions: [ActivationFunction] { [] }

  /// What the weights of a file are multiplied by; `nil` for none.
  ///
  /// The layer stands for one with another function of the gates: see
  /// ``Architecture/translated(for:scalingGates:)``.
  package final var gateScale: GateScale?

  /// Called after the weights were created, for layers that let other layers use them.
  func didCreateWeights() {}

  /// Lets the layer use weights that another layer owns.
  final func share(_ weights: [Variable], as specifications: [WeightSpecification]) {
    self.weights = weights
    weightsAreTrained = specifications.map(\.isTrainable)
    hasWeights = true
    applyKeptOptions()
    didCreateWeights()
  }

  /// Options that the layer itself does not use, which are written back: initializers,
  /// regularizers, constraints, seeds.
  final var keptOptions: [String: KeptOption] = [:] {
    didSet {
      applyKeptOptions()
      outputRegularizer = keptOptions["activity_regularizer"]?.regularizer ?? penaltyOfOptions
    }
  }

  /// The regularizer of the outputs: Keras's `activity_regularizer`.
  final var outputRegularizer: Regularizer?

  /// Where code gave the outputs their regularizer; `nil` for one of a file.
  final var outputRegularizerPlace: CallSite?

  /// The regularizer of the outputs that the layer's own options describe.
  var penaltyOfOptions: Regularizer? { nil }

  /// Whether the penalty on the outputs is that of tf_keras, where Keras 3 has another one: see
  /// ``penaltyDiffers(in:)``.
  final var penalizesAsKeras2 = false

  /// Whether Keras gives the outputs of a call the penalty of ``outputRegularizer``, and not only
  /// parts of the layer.
  var penalizesOwnOutputs: Bool { true }

  /// The penalty on the outputs of the last call in training that no other call contains.
  final var outputPenalty: Tensor?

  /// The kept options with which weights are regularized and constrained, and the beginning of the
  /// names of these weights; those of other layers for a layer that has their weights.
  var keptWeightOptions: [(options: [String: KeptOption], prefix: String)] { [(keptOptions, "")] }

  /// The weights that got a regularizer or a constraint before the layer had weights, and where.
  final var namedWeights: [(name: String, place: CallSite)] = []

  /// Whether the file uses `channels_first`; the layer itself always computes with channels last.
  final var isChannelsFirst = false

  /// Whether the layer computes for a ``Spatial1D``, on images of one row.
  final var isOneDimensional = false

  /// A training behaviour of Keras that Cairn lacks, as a phrase that follows "training"; `nil` if
  /// training matches Keras.
  ///
  /// A model with such a layer can predict, but ``Model/fit(_:epochs:validationData:onEpochEnd:)``
  /// does not train it.
  var trainingGap: String? { nil }

  /// Whether the output elements are those of the input at inference, unchanged and in any order.
  package var keepsElements: Bool { false }

  /// Whether the layer merges several inputs into one, as `Add` does.
  open class var mergesInputs: Bool { false }

  /// The names of the inputs of a layer that takes each as an argument of its own, such as `query`,
  /// in their order; empty if one argument has all inputs.
  var argumentNames: [String] { [] }

  /// The names of those inputs that files give a call without their names, in the order of Keras.
  var positionalArguments: [String] { [] }

  /// Takes the order of the inputs of all calls, which is that in which Keras visits the layers
  /// before them.
  func take(argumentNames: [String]) {}

  /// The arguments of calls that are neither inputs nor `training`, in Keras's form.
  ///
  /// Keras stores them with each call. Here, they are the same for all calls of a layer.
  var callArguments: JSON.Object { [:] }

  /// Takes the arguments of a call in a file that are neither inputs nor `training`.
  ///
  /// - Parameter callArguments: The arguments that are not `null`.
  /// - Returns: Whether the layer supports all of them.
  func take(callArguments: JSON.Object) -> Bool { callArguments.isEmpty }

  /// Computes the output.
  ///
  /// - Parameters:
  ///   - x: The input; its first axis is the batch.
  ///   - training: Whether the call is part of training, for layers such as ``Dropout``. Inner
  ///     layers called without `training` inherit this value.
  /// - Returns: The output; its first axis is the batch.
  open func call(_ x: Tensor, training: Bool) -> Tensor {
    fail("\(Self.className) must override `call(_:training:)`.")
  }

  /// Computes the output of several inputs; overridden by layers that merge inputs.
  ///
  /// - Parameters:
  ///   - inputs: The inputs; the first axis of each is the batch.
  ///   - training: Whether the call is part of training.
  /// - Returns: The output; its first axis is the batch.
  /// - Precondition: `inputs` has one element unless the layer merges inputs.
  open func call(_ inputs: [Tensor], training: Bool) -> Tensor {
    require(inputs.count == 1, "The layer '\(name)' takes one input, but got \(inputs.count).")
    return call(inputs[0], training: training)
  }

  /// Computes the outputs of a layer with several outputs; overridden by such layers, which also
  /// override ``outputShapes(inputShapes:)``.
  ///
  /// - Parameters:
  ///   - inputs: The inputs; the first axis of each is the batch.
  ///   - training: Whether the call is part of training.
  /// - Returns: The outputs; the first axis of each is the batch.
  open func callForOutputs(_ inputs: [Tensor], training: Bool) -> [Tensor] {
    [call(inputs, training: training)]
  }

  /// Whether a call takes a list of inputs, as that of `Add` does.
  var takesInputList: Bool { Swift.type(of: self).mergesInputs }

  /// The number of states before the first step that a call may take after its input.
  var stateCount: Int { 0 }

  /// The number of outputs of a call before the states, if it returns states.
  package var sequenceOutputCount: Int { 1 }

  /// The number of outputs of a call.
  var outputCount: Int { 1 }

  /// Whether the layer understands masks.
  ///
  /// It then passes that of its input on, or what ``computeMask(_:)`` returns. Other layers drop
  /// it, as in Keras 3.
  open var supportsMasking: Bool { false }

  /// Whether the output has a mask if the first input has one.
  package var passesMask: Bool { supportsMasking }

  /// Returns the mask of the output.
  ///
  /// Only called for layers that support masking.
  ///
  /// - Parameter inputs: The inputs of the call, whose masks are in ``Tensor/mask``.
  /// - Returns: The mask; by default that of the first input. `nil` for none.
  open func computeMask(_ inputs: [Tensor]) -> Tensor? { inputs[0].mask }

  /// The output with its mask.
  func masked(_ y: Tensor, from inputs: [Tensor]) -> Tensor {
    let mask = supportsMasking ? computeMask(inputs) : nil
    return mask == nil && y.mask == nil ? y : y.withMask(mask)
  }

  /// Describes the weights of the layer.
  ///
  /// - Parameter inputShape: The shape of an input, without the batch axis.
  /// - Returns: The weights in Keras's order; empty by default.
  /// - Throws: ``ShapeError`` if the layer does not support the input shape.
  open func weightSpecifications(inputShape: Shape) throws(ShapeError) -> [WeightSpecification] {
    []
  }

  /// Describes the weights of a layer with several inputs; by default they depend on the first one.
  func weightSpecifications(inputShapes: [Shape]) throws(ShapeError) -> [WeightSpecification] {
    try weightSpecifications(inputShape: inputShapes[0])
  }

  /// Returns the shape of the output, without computing it.
  ///
  /// - Parameter inputShape: The shape of an input, without the batch axis.
  /// - Returns: The shape of the output, without the batch axis; by default that of the input.
  /// - Throws: ``ShapeError`` if the layer does not support the input shape.
  open func outputShape(inputShape: Shape) throws(ShapeError) -> Shape { inputShape }

  /// Returns the shape of the output of several inputs; overridden by layers that merge inputs.
  ///
  /// - Parameter inputShapes: The shapes of the inputs, without the batch axis.
  /// - Returns: The shape of the output, without the batch axis.
  /// - Throws: ``ShapeError`` if the layer does not support the input shapes.
  open func outputShape(inputShapes: [Shape]) throws(ShapeError) -> Shape {
    guard inputShapes.count == 1 else {
      throw ShapeError(self, "takes one input, not \(inputShapes.count)")
    }
    return try outputShape(inputShape: inputShapes[0])
  }

  /// Returns the shapes of the outputs; overridden by layers with several outputs.
  ///
  /// - Parameter inputShapes: The shapes of the inputs, without the batch axis.
  /// - Returns: The shapes of the outputs, without the batch axis.
  /// - Throws: ``ShapeError`` if the layer does not support the input shapes.
  open func outputShapes(inputShapes: [Shape]) throws(ShapeError) -> [Shape] {
    [try outputShape(inputShapes: inputShapes)]
  }

  /// The number of elements that a call needs for one example, in addition to its input.
  ///
  /// A floating-point number, because products of extents from a file can overflow an integer.
  func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    try outputShape(inputShape: inputShape).elements
  }

  /// The number of multiplications of a call for one example, and of operations that take as long;
  /// 0 if they take no longer than to write the output.
  func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double { 0 }

  /// The number of elements that a call with several inputs needs for one example, in addition to
  /// its inputs; by default that of the first input.
  func workingCount(inputShapes: [Shape]) throws(ShapeError) -> Double {
    try workingCount(inputShape: inputShapes[0])
  }

  /// The number of multiplications of a call with several inputs for one example; by default that
  /// of the first input.
  func multiplicationCount(inputShapes: [Shape]) throws(ShapeError) -> Double {
    try multiplicationCount(inputShape: inputShapes[0])
  }

  /// Whether ``call(_:training:)-(Tensor,_)`` may run on several threads at once.
  ///
  /// Always `true` for layers of this library. A custom layer is called by one thread at a time by
  /// default, so that it may change its properties; its operations still use all threads. If its
  /// `call` changes no shared state, return `true`, so that `evaluate` and `predict` compute
  /// several batches concurrently. It takes effect only if all inner layers are thread-safe too.
  open var isThreadSafe: Bool {
    // Layers of this library change their variables only in training.
    String(reflecting: Swift.type(of: self)).hasPrefix("NeuralNetwork.")
  }

  /// Whether the layer and all inner layers may be called by several threads at once.
  final var allowsConcurrentCalls: Bool {
    isThreadSafe && isBuilt && innerLayers.allSatisfy(\.allowsConcurrentCalls)
  }

  /// All variables, including those of inner layers.
  open var variables: [Variable] { weights }

  /// The trainable variables, in the order of ``variables``.
  public final var trainableVariables: [Variable] { variables.filter(\.isTrainable) }

  /// The random number generators that the layer uses in training.
  open var seedGenerators: [SeedGenerator] { [] }

  /// The number of parameters: the elements of all variables.
  public final var parameterCount: Int { variables.reduce(0) { $0 + $1.shape.elementCount } }

  /// Creates the weights unless they already exist.
  ///
  /// - Parameter inputShape: The shape of an input, without the batch axis.
  /// - Precondition: The layer supports the input shape.
  open func build(inputShape: Shape) {
    createWeights { () throws(ShapeError) in try weightSpecifications(inputShape: inputShape) }
  }

  /// Creates the weights that a closure describes, unless they already exist.
  final func createWeights(_ describe: () throws(ShapeError) -> [WeightSpecification]) {
    guard !hasWeights else { return }
    let specifications: [WeightSpecification]
    do {
      specifications = try describe()
    } catch {
      fail("\(error)")
    }
    let source = randomSource ?? RandomSource(seed: seed)
    adopt(
      specifications.map { $0.initializer($0.shape, stream: source.nextStream()) },
      as: specifications)
    seedGenerators.forEach { $0.seed = source.nextSeed() }
  }

  /// Creates the weights of a layer with several inputs, unless they already exist.
  ///
  /// - Parameter inputShapes: The shapes of the inputs, without the batch axis; by default, the
  ///   weights depend on the first alone.
  /// - Precondition: The layer supports the input shapes.
  open func build(inputShapes: [Shape]) { build(inputShape: inputShapes[0]) }

  /// Creates the weights with existing values, such as those of a file.
  package final func adopt(_ values: [Tensor], as specifications: [WeightSpecification]) {
    weights = zip(specifications, values).map { specification, value in
      require(
        value.shape == specification.shape,
        """
        The weight '\(name)/\(specification.name)' must have the shape \(specification.shape), \
        but got \(value.shape).
        """)
      return Variable(
        value, name: specification.name,
        isTrainable: isTrainable && specification.isTrainable, isInteger: specification.isInteger)
    }
    weightsAreTrained = specifications.map(\.isTrainable)
    hasWeights = true
    applyKeptOptions()
    didCreateWeights()
  }

  /// Calls the layer, and builds it first if necessary.
  ///
  /// ```swift
  /// let logits = model(images, training: true)
  /// ```
  ///
  /// - Parameters:
  ///   - x: The input; its first axis is the batch.
  ///   - training: Whether the call is part of training; `nil` inherits the value of the enclosing
  ///     call, or `false` without one.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: The output; its first axis is the batch.
  public final func callAsFunction(
    _ x: Tensor, training: Bool? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    CallSite(file: file, line: line).track { run(x, training: training) }
  }

  /// Calls a layer that merges inputs, and builds it first if necessary.
  ///
  /// A literal such as `[[3]]` is not an array of inputs but one tensor.
  ///
  /// - Parameters:
  ///   - inputs: The inputs; the first axis of each is the batch.
  ///   - training: Whether the call is part of training; `nil` inherits the value of the enclosing
  ///     call, or `false` without one.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: The output; its first axis is the batch.
  /// - Precondition: `inputs` has one element unless the layer merges inputs.
  @_disfavoredOverload
  public final func callAsFunction(
    _ inputs: [Tensor], training: Bool? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    CallSite(file: file, line: line).track { run(inputs, training: training) }
  }

  /// Calls a layer with several outputs, and builds it first if necessary.
  ///
  /// - Parameters:
  ///   - inputs: The inputs; the first axis of each is the batch.
  ///   - training: Whether the call is part of training; `nil` inherits the value of the enclosing
  ///     call, or `false` without one.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: The outputs; the first axis of each is the batch.
  public final func outputs(
    of inputs: [Tensor], training: Bool? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    CallSite(file: file, line: line).track { runForOutputs(inputs, training: training) }
  }

  /// Calls the layer from within the library; errors are reported at the user's source line.
  final func run(_ x: Tensor, training: Bool?) -> Tensor {
    if !isBuilt { build(inputShape: Shape(x.shape.dropFirst())) }
    let y = collectingPenalties(training) { training in
      let y = masked(call(x, training: training), from: [x])
      if penalizesOwnOutputs { penalize([y]) }
      return y
    }
    return trace?.record(self, from: [x], to: [y])[0] ?? y
  }

  /// Calls a layer that merges inputs from within the library.
  final func run(_ inputs: [Tensor], training: Bool?) -> Tensor {
    let outputs = runForOutputs(inputs, training: training)
    require(
      outputs.count == 1,
      "The layer '\(name)' has \(outputs.count) outputs: call `outputs(of:)`.")
    return outputs[0]
  }

  /// Calls a layer with several outputs from within the library.
  final func runForOutputs(_ inputs: [Tensor], training: Bool?) -> [Tensor] {
    require(!inputs.isEmpty, "The layer '\(name)' needs at least one input, but got none.")
    if !isBuilt { build(inputShapes: inputs.map { Shape($0.shape.dropFirst()) }) }
    let outputs = collectingPenalties(training) { training in
      let outputs = callForOutputs(inputs, training: training).enumerated().map { index, y in
        // The states that a recurrent layer returns have no steps to mask.
        stateCount > 0 && index >= sequenceOutputCount ? y : masked(y, from: inputs)
      }
      if penalizesOwnOutputs { penalize(outputs) }
      return outputs
    }
    return trace?.record(self, from: inputs, to: outputs) ?? outputs
  }

  /// The random source of the containing model, for the initial weights.
  final var randomSource: RandomSource?

  /// The recorder of calls while the containing model is built.
  final var trace: CallTrace?
}
