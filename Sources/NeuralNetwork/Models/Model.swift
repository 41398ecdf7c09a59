public import Tensors

/// A layer that is made of layers.
///
/// A subclass keeps its layers in stored properties and says in ``call(_:training:)`` how they
/// work together. The names of the properties are the names of the layers, in summaries and in
/// files, so renaming a property changes what a checkpoint calls it.
///
///     final class MyModel: Model {
///       let conv1 = Conv2D(32, 3, activation: .relu)
///       let flatten = Flatten()
///       let d1 = Dense(128, activation: .relu)
///       let d2 = Dense(10)
///
///       override func call(_ x: Tensor, training: Bool) -> Tensor {
///         d2(d1(flatten(conv1(x))))  // [batch, 28, 28, 1] → [batch, 10] logits
///       }
///     }
open class Model: Layer {
  /// The shape of an input, without the batch axis, once the model is built.
  public internal(set) final var inputShape: Shape?

  /// What ``compile(optimizer:loss:metrics:)`` was told.
  final var compilation: Compilation?

  /// Set to `true` during `fit` to end the training after the current batch or epoch, as in Keras.
  ///
  /// Each `fit` begins with `false`.
  public final var stopTraining = false

  /// How the layers work together, if the model does nothing else than calling them; known once the
  /// model is built, or from the beginning if it was made from a description.
  public internal(set) final var graph: Graph?

  /// Creates a model.
  ///
  /// - Parameter name: What it is called; by default the class's name in Keras's manner.
  public override init(name: String? = nil) {
    super.init(name: name)
  }

  /// The layers: those in the stored properties, in the order of their declaration.
  open var layers: [Layer] { discoverLayers() }

  /// Whether all layers have their weights.
  open override var isBuilt: Bool { inputShape != nil }

  /// The shape of an input, without the batch axis, if the model is made for one shape alone; by
  /// default `nil`.
  ///
  /// Weights can then be loaded before the model is built from a file that does not tell the shape.
  open var expectedInputShape: Shape? { nil }

  /// The weights of all layers, layer by layer.
  public final override var variables: [Variable] { layersInOrder.flatMap(\.variables) }

  /// The random number generators of all layers.
  public final override var seedGenerators: [SeedGenerator] {
    layersInOrder.flatMap(\.seedGenerators)
  }

  /// The layers in the order of files and summaries: Keras's order if they form a graph, else as they
  /// are declared.
  public final var layersInOrder: [Layer] { graph?.layers ?? layers }

  final override var innerLayers: [Layer] { layers }

  /// Creates the weights of all layers by running the model once on zeros.
  ///
  /// - Parameter inputShape: The shape of an input, without the batch axis.
  /// - Precondition: The model can take such an input.
  open override func build(inputShape: Shape) {
    guard !isBuilt else { return }
    prepareLayers()
    let trace = CallTrace()
    let layers = layers
    layers.forEach { $0.trace = trace }
    let input = Tensor(zeros: Shape([1] + inputShape.dimensions))
    let output = TrainingPhase.resolve(false) { call(input, training: $0) }
    layers.forEach { $0.trace = nil }
    graph = trace.graph(from: input, to: output)
    self.inputShape = inputShape
  }

  /// Makes all layers draw their first weights from the model's seed.
  final func prepareLayers() {
    let source = randomSource ?? RandomSource(seed: seed)
    layers.forEach { $0.randomSource = source }
  }

  /// Returns the shape of the output, found layer by layer.
  ///
  /// - Parameter inputShape: The shape of an input, without the batch axis.
  /// - Returns: The shape of an output, without the batch axis.
  /// - Throws: ``ShapeError`` if a layer cannot take its input.
  open override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    if graph == nil && !isBuilt { build(inputShape: inputShape) }
    guard let graph else {
      let input = Tensor(zeros: Shape([1] + inputShape))
      let output = TrainingPhase.resolve(false) { call(input, training: $0) }
      return Shape(output.shape.dropFirst())
    }
    return try graph.forEachCall(inputShape: inputShape) { _, _ in }
  }

  /// What its layers need together.
  final override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    guard let graph else { return 0 }
    var count = 0.0
    try graph.forEachCall(inputShape: inputShape) { (call, shapes) throws(ShapeError) in
      count += try call.layer.workingCount(inputShape: shapes[0])
    }
    return count
  }
}
