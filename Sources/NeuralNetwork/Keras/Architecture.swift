public import Tensors

/// The architecture of a model: its layers, their graph and the inputs, without weights.
///
/// It is read from and written to Keras's `model_config`, of class `Sequential` or `Functional`.
///
/// ```swift
/// let model = Sequential([Conv2D(8, 3), Flatten(), Dense(10)])
/// model.build(inputShape: [28, 28, 1])
/// guard let architecture = Architecture(model) else { return }  // only layers that are called
/// let json = architecture.kerasConfig(.archive).text  // `config.json` of a .keras file
/// let copy = try Architecture(kerasConfig: JSON(parsing: json)).makeModel()
/// copy.build(inputShape: architecture.inputShape)
/// print(copy.parameterCount == model.parameterCount)  // true; the weights are new
/// ```
public struct Architecture {
  /// The name of the model.
  public let name: String

  /// The inputs, in their order; at least one.
  public let inputs: [ModelInput]

  /// The graph of the layers.
  public let graph: Graph

  /// Whether the model is of Keras's class `Functional`; required unless the graph is a chain.
  ///
  /// The class determines where Keras looks for the weights of inner models.
  public let isFunctional: Bool

  /// Features of the file that this model does not support.
  public internal(set) var notes: [ArchitectureNote]

  /// The layers, in the order of Keras's `model.layers`.
  public var layers: [Layer] { graph.layers }

  /// The shapes of the inputs, without the batch axis; extents that the file leaves open have a
  /// supported value.
  public var inputShapes: [Shape] { inputs.map(\.shape) }

  /// The shape of the first input, without the batch axis.
  public var inputShape: Shape { inputs[0].shape }

  /// The extents of the first input, without the batch axis; `nil` for those that the file leaves
  /// open.
  public var inputExtents: [Int?] { inputs[0].extents }

  /// Creates the architecture of a model; `nil` if the model does more than calling its layers.
  ///
  /// - Parameter model: The model, which must be built.
  public init?(_ model: Model) {
    guard let inputShapes = model.inputShapes, let graph = model.graph,
      !graph.layers.contains(where: { ($0 as? Model).map { Architecture($0) == nil } ?? false })
    else { return nil }
    self.init(
      name: model.name, inputShapes: inputShapes,
      batchShapes: (model as? GraphModel)?.batchShapes, graph: graph,
      isFunctional: model is Functional)
  }

  init(
    name: String, inputShapes: [Shape], batchShapes: [BatchShape]? = nil, graph: Graph,
    isFunctional: Bool = false, notes: [ArchitectureNote] = []
  ) {
    self.name = name
    inputs = graph.inputNames.indices.map { index in
      let shape = inputShapes.indices.contains(index) ? inputShapes[index] : []
      return ModelInput(
        name: graph.inputNames[index], shape: shape,
        extents: batchShapes?[index].extents ?? Array(shape),
        batchSize: batchShapes?[index].batchSize)
    }
    self.graph = graph
    self.isFunctional = isFunctional || graph.chain == nil
    self.notes = notes
  }

  /// The same model with another graph.
  func replacing(graph: Graph) -> Architecture {
    Architecture(
      name: name, inputShapes: inputShapes, batchShapes: inputs.map(\.batchShape), graph: graph,
      isFunctional: isFunctional, notes: notes)
  }

  /// Creates the model, which is not built.
  ///
  /// - Returns: A ``Functional`` model if ``isFunctional``, otherwise a ``Sequential`` model.
  public func makeModel() -> GraphModel {
    let model =
      (isFunctional ? nil : graph.chain).map { Sequential($0, name: name) } ?? Functional(self)
    let shapes = inputs.map(\.batchShape)
    if shapes.contains(where: { $0.isOpen || $0.batchSize != nil }) { model.batchShapes = shapes }
    return model
  }
}
