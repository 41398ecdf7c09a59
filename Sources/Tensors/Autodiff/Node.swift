import Synchronization

/// One step of a recorded computation: what went in, and how a gradient goes back through it.
///
/// The graph travels in the tensors, so there is no tape to lock or to clear: it is gone when the
/// last tensor computed from it is, or when its gradients have been taken.
final class Node: Sendable {
  /// Where a tensor came from.
  struct Origin: Sendable {
    var inputs: [Node]

    /// Turns the gradient of the result into those of the inputs.
    var pullback: @Sendable (Tensor) -> [Tensor]
  }

  /// The variable that this node reads, for the leaves of the graph.
  let variable: ObjectIdentifier?

  /// What went in; `nil` after the gradients have been taken.
  let origin: Mutex<Origin?>

  init(variable: ObjectIdentifier) {
    self.variable = variable
    origin = Mutex(Origin(inputs: []) { _ in [] })
  }

  init(_ origin: Origin) {
    variable = nil
    self.origin = Mutex(origin)
  }
}

extension Tensor {
  /// Connects a result to what it was computed from.
  ///
  /// - Parameter inputs: Each input with its pullback, which turns the gradient of the result into
  ///   that of the input; called only for inputs that lead back to a variable.
  /// - Returns: The same tensor, recorded if one of the inputs is.
  func computed(from inputs: (Tensor, @Sendable (Tensor) -> Tensor)...) -> Tensor {
    let recorded = inputs.filter { $0.0.node != nil }
    guard !recorded.isEmpty else { return self }
    let pullbacks = recorded.map(\.1)
    return computed(
      from: .init(inputs: recorded.compactMap(\.0.node)) { gradient in
        pullbacks.map { $0(gradient) }
      })
  }

  /// Connects a result to what it was computed from, all of it recorded.
  func computed(from origin: Node.Origin) -> Tensor {
    Tensor(shape: shape, storage: storage, node: Node(origin))
  }
}
