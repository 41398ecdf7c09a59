public import Tensors

/// A layer that consists of layers.
///
/// A subclass declares its layers as stored properties and combines them in
/// ``Layer/call(_:training:)-(Tensor,_)``. The property names are the layer names in summaries and
/// files, so renaming a property changes the layer's name in checkpoints.
///
/// ```swift
/// final class MyModel: Model {
///   let conv1 = Conv2D(32, 3, activation: .relu)
///   let flatten = Flatten()
///   let d1 = Dense(128, activation: .relu)
///   let d2 = Dense(10)
///
///   override func call(_ x: Tensor, training: Bool) -> Tensor {
///     d2(d1(flatten(conv1(x))))  // [batch, 28, 28, 1] → [batch, 10] logits
///   }
/// }
/// ```
open class Model: Layer {
  /// The shape of an input, without the batch axis; `nil` before the model is built.
  public internal(set) final var inputShape: Shape?

  /// The arguments of ``compile(optimizer:loss:metrics:)``.
  final var compilation: Compilation?

  /// Whether `fit` stops after the current batch or epoch, as in Keras.
  ///
  /// Set it to `true` during `fit`, for example in a callback. `fit` resets it to `false` at the
  /// start.
  public final var stopTraining = false

  /// The graph of the layers; `nil` if the model does more than calling its layers, or is not built
  /// yet.
  ///
  /// A model created from an architecture has its graph before it is built.
  public internal(set) final var graph: Graph?

  /// Creates a model.
  ///
  /// - Parameter name: The name of the model; defaults to the class name in snake case.
  public override init(name: String? = nil) {
    super.init(name: name)
  }

  /// The layers in the stored properties, in declaration order.
  open var layers: [Layer] { discoverLayers() }

  /// Whether the weights of all layers have been created.
  open override var isBuilt: Bool { inputShape != nil }

  /// The only supported input shape, without the batch axis; `nil` (the default) for models of any
  /// shape.
  ///
  /// With it, a model that is not built can load weights from a file that lacks the input shape.
  open var expectedInputShape: Shape? { nil }

  /// The output, whose mask the layers have computed.
  final override func masked(_ y: Tensor, from inputs: [Tensor]) -> Tensor { y }

  /// The variables of all layers, layer by layer.
  public final override var variables: [Variable] { layersInOrder.flatMap(\.variables) }

  /// The random number generators of all layers.
  public final override var seedGenerators: [SeedGenerator] {
    layersInOrder.flatMap(\.seedGenerators)
  }

  /// The layers in the order of files and summaries: Keras's order for a graph, otherwise
  /// declaration order.
  public final var layersInOrder: [Layer] { graph?.layers ?? layers }

  final override var innerLayers: [Layer] { layers }

  /// Creates the weights of all layers by running the model once on zeros.
  ///
  /// - Parameter inputShape: The shape of an input, without the batch axis.
  /// - Precondition: The model supports the input shape.
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

  /// Lets all layers draw their initial weights from the model's seed.
  final func prepareLayers() {
    let source = randomSource ?? RandomSource(seed: seed)
    layers.forEach { $0.randomSource = source }
  }

  /// Computes the shape of the output layer by layer.
  ///
  /// - Parameter inputShape: The shape of an input, without the batch axis.
  /// - Returns: The shape of the output, without the batch axis.
  /// - Throws: ``ShapeError`` if a layer does not support its input shape.
  open override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    if graph == nil && !isBuilt { build(inputShape: inputShape) }
    guard let graph else {
      let input = Tensor(zeros: Shape([1] + inputShape))
      let output = TrainingPhase.resolve(false) { call(input, training: $0) }
      return Shape(output.shape.dropFirst())
    }
    return try graph.forEachCall(inputShape: inputShape) { _, _ in }
  }

  /// The sum over all layers.
  final override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    guard let graph else { return 0 }
    var count = 0.0
    try graph.forEachCall(inputShape: inputShape) { (call, shapes) throws(ShapeError) in
      count += try call.layer.workingCount(inputShape: shapes[0])
    }
    return count
  }
}
