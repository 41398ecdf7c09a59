public import Tensors

/// The architecture of a model: its layers, their graph and the input shape, without weights.
///
/// It is read from and written to Keras's `model_config`, of class `Sequential` or `Functional`.
public struct Architecture {
  /// The name of the model.
  public let name: String

  /// The shape of an input, without the batch axis; extents that the file leaves open have a
  /// supported value.
  public let inputShape: Shape

  /// The extents of an input, without the batch axis; `nil` for those that the file leaves open.
  public let inputExtents: [Int?]

  /// The graph of the layers.
  public let graph: Graph

  /// Whether the model is of Keras's class `Functional`; required unless the graph is a chain.
  ///
  /// The class determines where Keras looks for the weights of inner models.
  public let isFunctional: Bool

  /// Features of the file that this model does not support.
  public let notes: [ArchitectureNote]

  /// The layers, in the order of Keras's `model.layers`.
  public var layers: [Layer] { graph.layers }

  /// Creates the architecture of a model; `nil` if the model does more than calling its layers.
  ///
  /// - Parameter model: The model, which must be built.
  public init?(_ model: Model) {
    guard let inputShape = model.inputShape, let graph = model.graph,
      !graph.layers.contains(where: { ($0 as? Model).map { Architecture($0) == nil } ?? false })
    else { return nil }
    self.init(
      name: model.name, inputShape: inputShape,
      inputExtents: (model as? GraphModel)?.inputExtents, graph: graph,
      isFunctional: model is Functional)
  }

  init(
    name: String, inputShape: Shape, inputExtents: [Int?]? = nil, graph: Graph,
    isFunctional: Bool = false, notes: [ArchitectureNote] = []
  ) {
    self.name = name
    self.inputShape = inputShape
    self.inputExtents = inputExtents ?? Array(inputShape)
    self.graph = graph
    self.isFunctional = isFunctional || graph.chain == nil
    self.notes = notes
  }

  /// Creates the model, which is not built.
  ///
  /// - Returns: A ``Functional`` model if ``isFunctional``, otherwise a ``Sequential`` model.
  public func makeModel() -> GraphModel {
    let model =
      (isFunctional ? nil : graph.chain).map { Sequential($0, name: name) } ?? Functional(self)
    if inputExtents.contains(nil) { model.inputExtents = inputExtents }
    return model
  }
}
