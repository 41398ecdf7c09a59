/// The gradients of one scalar with respect to variables.
public struct Gradients: Sendable {
  private var tensors: [ObjectIdentifier: Tensor]

  init(_ tensors: [ObjectIdentifier: Tensor]) {
    self.tensors = tensors
  }

  /// The gradient with respect to a variable, of the variable's shape; `nil` if the scalar does
  /// not depend on it.
  public subscript(variable: Variable) -> Tensor? {
    get { tensors[ObjectIdentifier(variable)] }
    set {
      precondition(
        newValue.map { $0.shape == variable.shape } ?? true,
        "a gradient has the shape of its variable")
      tensors[ObjectIdentifier(variable)] = newValue
    }
  }
}

extension Tensor {
  /// Returns the gradients of this scalar with respect to the variables it was computed from.
  ///
  /// - Returns: A gradient for each trainable variable that was read inside
  ///   ``withGradientTape(_:)`` on the way to this tensor.
  /// - Precondition: The tensor has one element.
  public func gradients() -> Gradients {
    precondition(count == 1, "only a scalar has gradients, not a tensor of shape \(shape)")
    guard let node else { return Gradients([:]) }

    var pending = [ObjectIdentifier(node): Tensor(repeating: 1, shape: shape)]
    var variables: [ObjectIdentifier: Tensor] = [:]
    for step in node.inReverse() {
      guard let gradient = pending.removeValue(forKey: ObjectIdentifier(step)) else { continue }
      if let variable = step.variable {
        variables[variable] = variables[variable].map { $0 + gradient } ?? gradient
      }
      for edge in step.edges {
        let contribution = edge.pullback(gradient)
        let key = ObjectIdentifier(edge.input)
        pending[key] = pending[key].map { $0 + contribution } ?? contribution
      }
    }
    return Gradients(variables)
  }
}

extension Node {
  /// The nodes of the graph, each before all nodes it was computed from.
  fileprivate func inReverse() -> ReversedCollection<[Node]> {
    var visited: Set<ObjectIdentifier> = []
    var ordered: [Node] = []
    // Depth first with our own stack: a long computation must not overflow the thread's.
    var stack: [(node: Node, isExpanded: Bool)] = [(self, false)]
    while let (node, isExpanded) = stack.popLast() {
      if isExpanded {
        ordered.append(node)
      } else if visited.insert(ObjectIdentifier(node)).inserted {
        stack.append((node, true))
        for edge in node.edges.reversed() { stack.append((edge.input, false)) }
      }
    }
    return ordered.reversed()
  }
}
