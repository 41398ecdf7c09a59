/// A model that passes its input through one layer after another.
public final class Sequential: GraphModel {
  /// Creates a model.
  ///
  /// - Parameters:
  ///   - layers: The layers; those without a name are named after their class: `dense`, `dense_1`.
  ///   - name: What the model is called.
  /// - Precondition: No layer is there twice, and no two have the same name.
  public init(_ layers: [Layer], name: String? = nil) {
    let graph = Graph(chain: layers)
    precondition(graph.chain != nil, "a layer is in the model twice")
    super.init(graph, name: name)
  }
}
