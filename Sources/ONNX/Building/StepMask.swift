/// A mask: which steps of a sequence count, as booleans in the graph.
///
/// Its nodes are added when a layer uses it: most layers only pass it on.
final class StepMask {
  /// The extents, without the batch axis: those of the sequence without its features.
  let extents: [Int]

  private unowned let graph: GraphBuilder
  private let path: String
  private let makeNodes: (GraphBuilder) -> String
  private var madeName: String?

  /// Creates a mask whose nodes are added when they are needed.
  ///
  /// - Parameters:
  ///   - extents: The extents, without the batch axis.
  ///   - graph: The graph, whose current layer makes the mask.
  ///   - makeNodes: Adds the nodes, and returns the name of the booleans.
  init(
    extents: [Int], in graph: GraphBuilder, _ makeNodes: @escaping (GraphBuilder) -> String
  ) {
    (self.extents, self.graph, self.makeNodes) = (extents, graph, makeNodes)
    path = graph.path
  }

  /// The name of the booleans in the graph.
  var name: String {
    if let madeName { return madeName }
    let name = graph.within(path: path) { makeNodes(graph) }
    madeName = name
    return name
  }

  /// A mask whose nodes begin with this one's.
  ///
  /// - Parameters:
  ///   - extents: The extents, without the batch axis.
  ///   - makeNodes: Adds the nodes to the booleans with a name, and returns the name of the result.
  /// - Returns: The mask.
  func mapped(
    to extents: [Int], _ makeNodes: @escaping (GraphBuilder, String) -> String
  ) -> StepMask {
    StepMask(extents: extents, in: graph) { makeNodes($0, self.name) }
  }
}
