import Preconditions

/// A model that passes its input through one layer after another.
public final class Sequential: GraphModel {
  /// Creates a model.
  ///
  /// - Parameters:
  ///   - layers: The layers; those without a name are named after their class: `dense`, `dense_1`.
  ///   - name: What the model is called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  /// - Precondition: No layer is there twice, and no two have the same name.
  public init(
    _ layers: [Layer], name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    let graph = Graph(chain: layers)
    require(
      graph.chain != nil,
      "Sequential: each layer must be in `layers` once, but one is there twice.", file: file,
      line: line)
    super.init(graph, name: name)
  }
}
