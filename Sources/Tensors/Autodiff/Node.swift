import Synchronization

/// A node of the recorded computation graph: its inputs and its pullback.
///
/// Tensors own the graph, so there is no tape to lock or clear. It is released with the last tensor
/// computed from it, or after its gradients have been computed.
final class Node: Sendable {
  /// The origin of a tensor: inputs and pullback.
  struct Origin: Sendable {
    var inputs: [Node]

    /// Maps the gradient of the result to the gradients of the inputs.
    var pullback: @Sendable (Tensor) -> [Tensor]
  }

  /// The variable that this node reads, for the leaves of the graph.
  let variable: ObjectIdentifier?

  /// The origin; `nil` after the gradients have been computed.
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
  /// Records a result with its inputs.
  ///
  /// - Parameter inputs: Each input with its pullback, which maps the gradient of the result to
  ///   that of the input; called only for recorded inputs.
  /// - Returns: The same tensor, recorded if any input is.
  func computed(from inputs: (Tensor, @Sendable (Tensor) -> Tensor)...) -> Tensor {
    let recorded = inputs.filter { $0.0.node != nil }
    guard !recorded.isEmpty else { return self }
    let pullbacks = recorded.map(\.1)
    return computed(
      from: .init(inputs: recorded.compactMap(\.0.node)) { gradient in
        pullbacks.map { $0(gradient) }
      })
  }

  /// Records a result with a given origin.
  func computed(from origin: Node.Origin) -> Tensor {
    Tensor(shape: shape, storage: storage, node: Node(origin))
  }
}
