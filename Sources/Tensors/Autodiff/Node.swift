import Synchronization

/// One step of a recorded computation: what went in, and how a gradient goes back through it.
///
/// The graph travels in the tensors, so there is no tape to lock or to clear: it is gone when the
/// last tensor computed from it is, or when its gradients have been taken.
final class Node: Sendable {
  /// How the gradient of the result becomes the gradient of one input.
  struct Edge: Sendable {
    let input: Node
    let pullback: @Sendable (Tensor) -> Tensor
  }

  /// The variable that this node reads, for the leaves of the graph.
  let variable: ObjectIdentifier?

  /// What went in; `nil` after the gradients have been taken.
  let edges: Mutex<[Edge]?>

  init(variable: ObjectIdentifier) {
    self.variable = variable
    self.edges = Mutex([])
  }

  init(edges: [Edge]) {
    self.variable = nil
    self.edges = Mutex(edges)
  }
}

extension Tensor {
  /// Connects a result to what it was computed from.
  ///
  /// - Parameter inputs: Each input with its pullback, which turns the gradient of the result into
  ///   that of the input; called only for inputs that lead back to a variable.
  /// - Returns: The same tensor, recorded if one of the inputs is.
  func computed(from inputs: (Tensor, @Sendable (Tensor) -> Tensor)...) -> Tensor {
    let edges = inputs.compactMap { input, pullback in
      input.node.map { Node.Edge(input: $0, pullback: pullback) }
    }
    guard !edges.isEmpty else { return self }
    return Tensor(shape: shape, storage: storage, node: Node(edges: edges))
  }
}
