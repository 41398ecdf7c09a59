public import Tensors

/// A step of a model: weights, and a computation that uses them.
///
/// A layer creates its weights on the first call, when it learns the shape of its input, or by
/// ``build(inputShape:)``. To write one, override ``call(_:training:)`` and, if it has weights,
/// ``weightSpecifications(inputShape:)``; a layer made of other layers is a ``Model``.
///
/// Layers are reference types that belong to one task.
open class Layer {
  /// What the layer is called in summaries and files.
  ///
  /// A layer without a name of its own is named by the model that holds it: after the property in
  /// a subclass of ``Model``, after its class in a ``Sequential``.
  public internal(set) final var name: String

  /// Whether the name was given by whoever made the layer.
  final let isNamed: Bool

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
  open var config: [String: JSON] { [:] }

  /// Whether the layer merges several inputs into one, as `Add` does.
  open class var mergesInputs: Bool { false }

  /// Computes the output.
  ///
  /// - Parameters:
  ///   - x: The input; its first axis is the batch.
  ///   - training: Whether the model is being trained, for layers such as ``Dropout``.
  /// - Returns: The output; its first axis is the batch.
  open func call(_ x: Tensor, training: Bool) -> Tensor {
    preconditionFailure("\(Self.className) does not override call(_:training:)")
  }

  /// Computes the output of several inputs; a layer that merges inputs overrides it.
  ///
  /// - Parameters:
  ///   - inputs: The inputs; the first axis of each is the batch.
  ///   - training: Whether the model is being trained.
  /// - Returns: The output; its first axis is the batch.
  /// - Precondition: There is one input, unless the layer merges inputs.
  open func call(_ inputs: [Tensor], training: Bool) -> Tensor {
    precondition(inputs.count == 1, "the layer '\(name)' takes one input, not \(inputs.count)")
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
      preconditionFailure("\(error)")
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
      precondition(value.shape == specification.shape, "\(name)/\(specification.name) does not fit")
      return Variable(
        value, name: specification.name,
        isTrainable: isTrainable && specification.isTrainable, isInteger: specification.isInteger)
    }
    weightsAreTrained = specifications.map(\.isTrainable)
    hasWeights = true
  }

  /// Runs the layer, building it first if necessary.
  ///
  /// - Parameters:
  ///   - x: The input; its first axis is the batch.
  ///   - training: Whether the model is being trained.
  /// - Returns: The output; its first axis is the batch.
  public final func callAsFunction(_ x: Tensor, training: Bool = false) -> Tensor {
    if !isBuilt { build(inputShape: Shape(x.shape.dropFirst())) }
    let y = call(x, training: training)
    return trace?.record(self, from: [x], to: y) ?? y
  }

  /// Runs a layer that merges inputs.
  ///
  /// - Parameters:
  ///   - inputs: The inputs; the first axis of each is the batch.
  ///   - training: Whether the model is being trained.
  /// - Returns: The output; its first axis is the batch.
  /// - Precondition: There is one input, unless the layer merges inputs.
  public final func callAsFunction(_ inputs: [Tensor], training: Bool = false) -> Tensor {
    precondition(!inputs.isEmpty, "the layer '\(name)' needs an input")
    if !isBuilt { build(inputShape: Shape(inputs[0].shape.dropFirst())) }
    let y = call(inputs, training: training)
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
