public import Tensors

/// What a model is made of, without its weights: layers, how they work together, and the shape of
/// their input.
///
/// It is read from and written as the `model_config` of Keras, class `Sequential` or `Functional`.
public struct Architecture {
  /// What the model is called.
  public let name: String

  /// The shape of an input, without the batch axis; for extents that the file leaves open, one that the
  /// layers can take.
  public let inputShape: Shape

  /// The extents of an input, without the batch axis; `nil` for those that the file leaves open.
  public let inputExtents: [Int?]

  /// How the layers work together.
  public let graph: Graph

  /// Whether the model is of Keras's class `Functional`; one that is no chain has to be.
  ///
  /// The class decides where Keras looks for the weights of a model in a model.
  public let isFunctional: Bool

  /// What the file asks for and this model does not do.
  public let notes: [ArchitectureNote]

  /// The layers, in the order of Keras's `model.layers`.
  public var layers: [Layer] { graph.layers }

  /// Describes a model; `nil` if it does anything else than calling its layers.
  ///
  /// - Parameter model: A model that is built.
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

  /// Makes the model, not yet built.
  ///
  /// - Returns: A ``Functional`` if ``isFunctional``, else a ``Sequential``.
  public func makeModel() -> GraphModel {
    let model =
      (isFunctional ? nil : graph.chain).map { Sequential($0, name: name) } ?? Functional(self)
    if inputExtents.contains(nil) { model.inputExtents = inputExtents }
    return model
  }
}
