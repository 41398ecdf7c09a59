import Preconditions
public import Tensors

/// A step of a model: weights, and a computation that uses them.
///
/// A layer creates its weights on the first call, when it learns the shape of its input, or by
/// ``build(inputShape:)``. To write one, override ``call(_:training:)`` and, if it has weights,
/// ``weightSpecifications(inputShape:)``, and ``outputShape(inputShape:)`` if the output has another shape
/// than the input; a layer made of other layers is a ``Model``. For a file to be loaded without your code
/// making the model first, register the class with ``CustomObjects``.
///
///     /// Multiplies each column by a number that is learned.
///     final class ColumnScale: Layer {
///       override func weightSpecifications(inputShape: Shape) -> [WeightSpecification] {
///         [WeightSpecification("scale", shape: [inputShape[inputShape.count - 1]], initializer: .ones)]
///       }
///
///       override func call(_ x: Tensor, training: Bool) -> Tensor { x * weights[0].value }
///     }
///
/// Layers are reference types that belong to one task.
open class Layer {
  /// What the layer is called in summaries and files.
  ///
  /// A layer without a name of its own is named by the model that holds it: after the property in
  /// a subclass of ``Model``, after its class in a ``Sequential``.
  public internal(set) final var name: String

  /// Whether the name was given by whoever made the layer, or by a file.
  private(set) final var isNamed: Bool

  /// Gives the layer the name that a file has for it.
  final func rename(_ name: String) {
    self.name = name
    isNamed = true
  }

  /// The seed of the first weights; if it is `nil` when the layer is built, one is drawn.
  ///
  /// Only the seed of the outermost layer counts, so for the layers of a model set the model's.
  public final var seed: UInt64?

  /// The variables of the layer itself, in Keras's order; empty before it is built.
  public private(set) final var weights: [Variable] = []

  /// Whether the weights are trained; `false` freezes all of them, those of layers inside included.
  ///
  /// Keras's `trainable`. Some layers compute differently when they are frozen: see
  /// `BatchNormalization`.
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

  /// A weight that has a name in the layer's class.
  final func weight(_ index: Int) -> Variable {
    require(
      hasWeights,
      "The layer '\(name)' must be built before its weights are read: run it once or call `build`.")
    return weights[index]
  }

  /// For each weight, whether it is trained when the layer is not frozen.
  private var weightsAreTrained: [Bool] = []

  /// The layers that the layer is made of.
  var innerLayers: [Layer] { [] }

  /// Creates a layer.
  ///
  /// - Parameter name: What it is called; by default the model that holds it chooses.
  public init(name: String? = nil) {
    self.name = name ?? Self.className.snakeCased
    self.isNamed = name != nil
  }

  /// The name of the class in Keras and in files.
  open class var className: String { "\(self)" }

  /// The options that differ from Keras's defaults, as Keras writes them into files.
  ///
  /// A layer of your own returns what the maker that is registered for it needs to make it again; see
  /// ``CustomObjects``.
  open var config: [String: JSON] { [:] }

  /// The options as a Keras calls them; an activation is one that it has.
  func config(for dialect: KerasDialect) -> [String: JSON] {
    var config = config
    if let activation = config["activation"]?.string.flatMap(ActivationFunction.init(rawValue:)) {
      config["activation"] = activation.kerasName(in: dialect).map(JSON.string)
    }
    return config
  }

  /// Options from a file that nothing here uses, and that are written back.
  final var keptOptions: [String: KeptOption] = [:]

  /// Whether a file says that the channels of images are the first axis; the layer itself computes with
  /// channels last.
  final var isChannelsFirst = false

  /// What the layer does in training in Keras and not here, to follow "training"; `nil` if it trains
  /// as in Keras.
  ///
  /// A model with such a layer predicts, but ``Model/fit(_:epochs:validationData:onEpochEnd:)`` refuses
  /// to train it.
  var trainingGap: String? { nil }

  /// Whether the layer merges several inputs into one, as `Add` does.
  open class var mergesInputs: Bool { false }

  /// Computes the output.
  ///
  /// - Parameters:
  ///   - x: The input; its first axis is the batch.
  ///   - training: Whether the model is being trained, for layers such as ``Dropout``. Layers that are
  ///     called without `training` take this value.
  /// - Returns: The output; its first axis is the batch.
  open func call(_ x: Tensor, training: Bool) -> Tensor {
    fail("\(Self.className) must override `call(_:training:)`.")
  }

  /// Computes the output of several inputs; a layer that merges inputs overrides it.
  ///
  /// - Parameters:
  ///   - inputs: The inputs; the first axis of each is the batch.
  ///   - training: Whether the model is being trained.
  /// - Returns: The output; its first axis is the batch.
  /// - Precondition: There is one input, unless the layer merges inputs.
  open func call(_ inputs: [Tensor], training: Bool) -> Tensor {
    require(inputs.count == 1, "The layer '\(name)' takes one input, but got \(inputs.count).")
    return call(inputs[0], training: training)
  }

  /// Describes the weights that the layer needs.
  ///
  /// - Parameter inputShape: The shape of an input, without the batch axis.
  /// - Returns: The weights, in Keras's order; by default none.
  /// - Throws: ``ShapeError`` if the layer cannot take such an input.
  open func weightSpecifications(inputShape: Shape) throws(ShapeError) -> [WeightSpecification] {
    []
  }

  /// Returns the shape of the output, without computing it.
  ///
  /// - Parameter inputShape: The shape of an input, without the batch axis.
  /// - Returns: The shape of an output, without the batch axis; by default the same.
  /// - Throws: ``ShapeError`` if the layer cannot take such an input.
  open func outputShape(inputShape: Shape) throws(ShapeError) -> Shape { inputShape }

  /// Returns the shape of the output of several inputs; a layer that merges inputs overrides it.
  ///
  /// - Parameter inputShapes: The shapes of the inputs, without the batch axis.
  /// - Returns: The shape of an output, without the batch axis.
  /// - Throws: ``ShapeError`` if the layer cannot take such inputs.
  open func outputShape(inputShapes: [Shape]) throws(ShapeError) -> Shape {
    guard inputShapes.count == 1 else {
      throw ShapeError(self, "takes one input, not \(inputShapes.count)")
    }
    return try outputShape(inputShape: inputShapes[0])
  }

  /// How many elements a call needs for one example, beside its input.
  ///
  /// A floating-point number, because the sizes in a file can multiply to more than an integer holds.
  func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    try outputShape(inputShape: inputShape).reduce(1) { $0 * Double($1) }
  }

  /// Whether ``call(_:training:)`` may run on several threads at once.
  ///
  /// The layers of this library may. A class of your own is called by one thread at a time, so that it
  /// may change its properties; its operations still use all threads. If its `call` changes nothing but
  /// what it creates, return `true`, and `evaluate` and `predict` compute several batches at once:
  ///
  ///     override var isThreadSafe: Bool { true }
  ///
  /// This counts only where all layers inside are safe too.
  open var isThreadSafe: Bool {
    // Layers of this library change their variables in training only.
    String(reflecting: Swift.type(of: self)).hasPrefix("NeuralNetwork.")
  }

  /// Whether the layer and all layers inside may be called by several threads at once.
  final var allowsConcurrentCalls: Bool {
    isThreadSafe && isBuilt && innerLayers.allSatisfy(\.allowsConcurrentCalls)
  }

  /// All variables, those of layers inside included.
  open var variables: [Variable] { weights }

  /// The variables that are trained, in the order of ``variables``.
  public final var trainableVariables: [Variable] { variables.filter(\.isTrainable) }

  /// The random number generators that the layer draws from in training.
  open var seedGenerators: [SeedGenerator] { [] }

  /// The number of elements of all variables.
  public final var parameterCount: Int { variables.reduce(0) { $0 + $1.shape.elementCount } }

  /// Creates the weights, if they are not there yet.
  ///
  /// - Parameter inputShape: The shape of an input, without the batch axis.
  /// - Precondition: The layer can take such an input.
  open func build(inputShape: Shape) {
    guard !hasWeights else { return }
    let specifications: [WeightSpecification]
    do {
      specifications = try weightSpecifications(inputShape: inputShape)
    } catch {
      fail("\(error)")
    }
    let source = randomSource ?? RandomSource(seed: seed)
    adopt(
      specifications.map { $0.initializer($0.shape, stream: source.nextStream()) },
      as: specifications)
    seedGenerators.forEach { $0.seed = source.nextSeed() }
  }

  /// Makes weights of values that are there already, such as those of a file.
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
  }

  /// Runs the layer, building it first if necessary.
  ///
  ///     let logits = model(images, training: true)
  ///
  /// - Parameters:
  ///   - x: The input; its first axis is the batch.
  ///   - training: Whether the model is being trained; by default as in the call of the layer or model
  ///     that calls this one, and `false` if there is none.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  /// - Returns: The output; its first axis is the batch.
  public final func callAsFunction(
    _ x: Tensor, training: Bool? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    CallSite(file: file, line: line).track { run(x, training: training) }
  }

  /// Runs a layer that merges inputs.
  ///
  /// - Parameters:
  ///   - inputs: The inputs; the first axis of each is the batch.
  ///   - training: Whether the model is being trained; by default as in the call of the layer or model
  ///     that calls this one, and `false` if there is none.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  /// - Returns: The output; its first axis is the batch.
  /// - Precondition: There is one input, unless the layer merges inputs.
  public final func callAsFunction(
    _ inputs: [Tensor], training: Bool? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    CallSite(file: file, line: line).track { run(inputs, training: training) }
  }

  /// Runs the layer from inside of the library, so that a mistake is reported at the user's line.
  final func run(_ x: Tensor, training: Bool?) -> Tensor {
    if !isBuilt { build(inputShape: Shape(x.shape.dropFirst())) }
    let y = TrainingPhase.resolve(training) { call(x, training: $0) }
    return trace?.record(self, from: [x], to: y) ?? y
  }

  /// Runs a layer that merges inputs from inside of the library.
  final func run(_ inputs: [Tensor], training: Bool?) -> Tensor {
    require(!inputs.isEmpty, "The layer '\(name)' needs at least one input, but got none.")
    if !isBuilt { build(inputShape: Shape(inputs[0].shape.dropFirst())) }
    let y = TrainingPhase.resolve(training) { call(inputs, training: $0) }
    return trace?.record(self, from: inputs, to: y) ?? y
  }

  /// Where the model that holds the layer lets it draw its first weights from.
  final var randomSource: RandomSource?

  /// Who watches the layer while the model that holds it is built.
  final var trace: CallTrace?
}

/// A weight that a layer needs.
public struct WeightSpecification: Sendable {
  /// What it is called in the layer, such as `kernel`.
  public let name: String

  /// Its shape.
  public let shape: Shape

  /// How its first value is drawn.
  public let initializer: Initializer

  /// Whether it is trained; moving averages, for example, are not.
  public let isTrainable: Bool

  /// Whether it counts something, and is stored as a 64-bit integer.
  public let isInteger: Bool

  /// Describes a weight.
  ///
  /// - Parameters:
  ///   - name: What it is called in the layer.
  ///   - shape: Its shape.
  ///   - initializer: How its first value is drawn.
  ///   - isTrainable: Whether it is trained.
  ///   - isInteger: Whether it counts something, and is stored as a 64-bit integer.
  public init(
    _ name: String, shape: Shape, initializer: Initializer, isTrainable: Bool = true,
    isInteger: Bool = false
  ) {
    self.name = name
    self.shape = shape
    self.initializer = initializer
    self.isTrainable = isTrainable
    self.isInteger = isInteger
  }
}

/// A layer was given an input that it cannot take.
public struct ShapeError: Error, Hashable, CustomStringConvertible {
  /// The name of the layer.
  public let layer: String

  /// What is wrong.
  public let problem: String

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - layer: The layer.
  ///   - problem: What is wrong, to follow "The layer 'conv1' ".
  public init(_ layer: Layer, _ problem: String) {
    self.layer = layer.name
    self.problem = problem
  }

  /// The error in one sentence.
  public var description: String { "The layer '\(layer)' \(problem)" }
}
