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
///
/// A model with several inputs or outputs names them and overrides
/// ``Layer/callForOutputs(_:training:)``:
///
/// ```swift
/// final class House: Model {
///   override var inputNames: [String] { ["picture", "numbers"] }
///   override var outputNames: [String] { ["kind", "price"] }
///   let flatten = Flatten()
///   let joined = Concatenate()
///   let kind = Dense(3)
///   let price = Dense(1)
///
///   override func callForOutputs(_ inputs: [Tensor], training: Bool) -> [Tensor] {
///     let x = joined([flatten(inputs[0]), inputs[1]])
///     return [kind(x), price(x)]
///   }
/// }
/// ```
open class Model: Layer {
  /// The shapes of the inputs, without the batch axis; `nil` before the model is built.
  public internal(set) final var inputShapes: [Shape]?

  /// The shape of the first input, without the batch axis; `nil` before the model is built.
  public final var inputShape: Shape? { inputShapes?.first }

  /// The names of the inputs, in their order; empty before the model is built.
  ///
  /// A subclass with several inputs overrides this property to name them; otherwise they are called
  /// `input_layer`, `input_layer_1`, ….
  open var inputNames: [String] { graph?.inputNames ?? [] }

  /// The names of the outputs, in their order; empty before the model is built.
  ///
  /// A subclass with several outputs overrides this property to name them; otherwise they have the
  /// names of the layers whose outputs they are.
  open var outputNames: [String] { graph?.outputNames ?? [] }

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
  open override var isBuilt: Bool { inputShapes != nil }

  /// The only supported input shape, without the batch axis; `nil` (the default) for models of any
  /// shape.
  ///
  /// With it, a model that is not built can load weights from a file that lacks the input shape.
  open var expectedInputShape: Shape? { nil }

  override var takesInputList: Bool { super.takesInputList || inputNames.count > 1 }

  override var outputCount: Int { max(1, outputNames.count) }

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

  /// Creates the weights of all layers.
  ///
  /// - Parameter inputShape: The shape of the only input, without the batch axis.
  /// - Precondition: The model has one input and supports its shape.
  public final override func build(inputShape: Shape) { build(inputShapes: [inputShape]) }

  /// Creates the weights of all layers by running the model once on zeros.
  ///
  /// - Parameter inputShapes: The shapes of the inputs, without the batch axis.
  /// - Precondition: The model supports the input shapes.
  open override func build(inputShapes: [Shape]) {
    guard !isBuilt else { return }
    prepareLayers()
    let trace = CallTrace()
    let layers = layers
    layers.forEach { $0.trace = trace }
    let (inputs, outputs) = runOnZeros(inputShapes)
    layers.forEach { $0.trace = nil }
    let ownNames = (inputs: inputNames, outputs: outputNames)
    graph = trace.graph(
      from: inputs,
      named: inputs.indices.map { index in
        ownNames.inputs.count == inputs.count
          ? ownNames.inputs[index] : index == 0 ? "input_layer" : "input_layer_\(index)"
      }, to: outputs, named: ownNames.outputs.count == outputs.count ? ownNames.outputs : nil)
    self.inputShapes = inputShapes
  }

  private func runOnZeros(_ inputShapes: [Shape]) -> (inputs: [Tensor], outputs: [Tensor]) {
    let inputs = inputShapes.map { Tensor(zeros: Shape([1] + $0.dimensions)) }
    return (inputs, TrainingPhase.resolve(false) { callForOutputs(inputs, training: $0) })
  }

  /// Lets all layers draw their initial weights from the model's seed.
  final func prepareLayers() {
    let source = randomSource ?? RandomSource(seed: seed)
    layers.forEach { $0.randomSource = source }
  }

  /// Computes the shape of the output layer by layer.
  ///
  /// - Parameter inputShape: The shape of the only input, without the batch axis.
  /// - Returns: The shape of the first output, without the batch axis.
  /// - Throws: ``ShapeError`` if a layer does not support its input shape.
  open override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try outputShapes(inputShapes: [inputShape])[0]
  }

  /// Computes the shape of the first output layer by layer.
  ///
  /// - Parameter inputShapes: The shapes of the inputs, without the batch axis.
  /// - Returns: The shape of the first output, without the batch axis.
  /// - Throws: ``ShapeError`` if a layer does not support its input shapes.
  open override func outputShape(inputShapes: [Shape]) throws(ShapeError) -> Shape {
    try outputShapes(inputShapes: inputShapes)[0]
  }

  /// Computes the shapes of the outputs layer by layer.
  ///
  /// - Parameter inputShapes: The shapes of the inputs, without the batch axis.
  /// - Returns: The shapes of the outputs, without the batch axis.
  /// - Throws: ``ShapeError`` if a layer does not support its input shapes.
  open override func outputShapes(inputShapes: [Shape]) throws(ShapeError) -> [Shape] {
    if graph == nil && !isBuilt { build(inputShapes: inputShapes) }
    guard let graph else {
      return runOnZeros(inputShapes).outputs.map { Shape($0.shape.dropFirst()) }
    }
    return try graph.forEachCall(inputShapes: inputShapes) { _, _ in }
  }

  /// The sum over all layers.
  final override func multiplicationCount(inputShapes: [Shape]) throws(ShapeError) -> Double {
    guard let graph else { return 0 }
    var count = 0.0
    try graph.forEachCall(inputShapes: inputShapes) { (call, shapes) throws(ShapeError) in
      count += try call.layer.multiplicationCount(inputShapes: shapes)
    }
    return count
  }

  /// The sum over all layers.
  final override func workingCount(inputShapes: [Shape]) throws(ShapeError) -> Double {
    guard let graph else { return 0 }
    var count = 0.0
    try graph.forEachCall(inputShapes: inputShapes) { (call, shapes) throws(ShapeError) in
      count += try call.layer.workingCount(inputShapes: shapes)
    }
    return count
  }
}
