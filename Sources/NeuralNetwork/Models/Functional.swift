/// A model whose layers form a graph, with one input and one output.
///
/// It comes from a file. To write one, subclass ``Model``: if it does nothing else than calling its
/// layers, it is saved as such a graph.
public final class Functional: GraphModel {
  /// Creates a model from a description, such as one that was read from a file.
  ///
  /// - Parameter architecture: The description; its layers become those of the model.
  public init(_ architecture: Architecture) {
    super.init(architecture.graph, name: architecture.name)
  }
}
