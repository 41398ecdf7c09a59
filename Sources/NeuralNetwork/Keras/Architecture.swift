public import Tensors

/// What a model is made of, without its weights: layers, how they work together, and the shape of
/// their input.
///
/// It is read from and written as the `model_config` of Keras, class `Sequential` or `Functional`.
public struct Architecture {
  /// What the model is called.
  public let name: String

  /// The shape of an input, without the batch axis.
  public let inputShape: Shape

  /// How the layers work together.
  public let graph: Graph

  /// What the file asks for that is not done: regularizers and constraints in training, and another
  /// precision than 32 bits.
  public let unsupportedInTraining: [String]

  /// The layers, in the order of Keras's `model.layers`.
  public var layers: [Layer] { graph.layers }

  /// Describes a model; `nil` if it does anything else than calling its layers.
  ///
  /// - Parameter model: A model that is built.
  public init?(_ model: Model) {
    guard let inputShape = model.inputShape, let graph = model.graph,
      !graph.layers.contains(where: { ($0 as? Model).map { Architecture($0) == nil } ?? false })
    else { return nil }
    self.init(name: model.name, inputShape: inputShape, graph: graph)
  }

  init(name: String, inputShape: Shape, graph: Graph, unsupportedInTraining: [String] = []) {
    self.name = name
    self.inputShape = inputShape
    self.graph = graph
    self.unsupportedInTraining = unsupportedInTraining
  }

  /// Makes the model, not yet built.
  ///
  /// - Returns: A ``Sequential`` if each layer takes just the output of the one before, otherwise a
  ///   ``Functional``.
  public func makeModel() -> GraphModel {
    guard let chain = graph.chain else { return Functional(self) }
    return Sequential(chain, name: name)
  }
}
