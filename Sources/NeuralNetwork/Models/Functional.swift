/// A model whose layers form a graph, with any number of inputs and outputs.
///
/// Functional models are loaded from files. To write a model, subclass ``Model``: if it only calls
/// its layers, it is saved as such a graph.
public final class Functional: GraphModel {
  /// Creates a model from an architecture, such as that of a file.
  ///
  /// - Parameter architecture: The architecture, whose layers become those of the model.
  public init(_ architecture: Architecture) {
    super.init(architecture.graph, name: architecture.name)
  }
}
