import Synchronization

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
  /// The recording is used up on the way, as in TensorFlow and PyTorch: the memory of the results in
  /// between is free again, and variables can change in place although the loss is still there.
  ///
  /// - Parameter keepsRecording: Whether gradients can be taken through the same recording again.
  /// - Returns: A gradient for each trainable variable that was read inside
  ///   ``withGradientTape(_:)`` on the way to this tensor.
  /// - Precondition: The tensor has one element, and its recording has not been used up.
  public func gradients(keepingRecording keepsRecording: Bool = false) -> Gradients {
    precondition(count == 1, "only a scalar has gradients, not a tensor of shape \(shape)")
    guard let node else { return Gradients([:]) }

    var pending = [ObjectIdentifier(node): Tensor(repeating: 1, shape: shape)]
    var variables: [ObjectIdentifier: Tensor] = [:]
    var steps = node.inOrder()
    while let (step, origin) = steps.popLast() {
      if !keepsRecording && step.variable == nil { step.origin.withLock { $0 = nil } }
      guard let gradient = pending.removeValue(forKey: ObjectIdentifier(step)) else { continue }
      if let variable = step.variable {
        variables[variable] = variables[variable].map { $0 + gradient } ?? gradient
      }
      for (input, contribution) in zip(origin.inputs, origin.pullback(gradient)) {
        let key = ObjectIdentifier(input)
        pending[key] = pending[key].map { $0 + contribution } ?? contribution
      }
    }
    return Gradients(variables)
  }
}

extension Node {
  /// The nodes of the graph with where they came from, each after all nodes it was computed from.
  fileprivate func inOrder() -> [(node: Node, origin: Origin)] {
    var visited: Set<ObjectIdentifier> = []
    var ordered: [(node: Node, origin: Origin)] = []
    // Depth first with our own stack: a long computation must not overflow the thread's.
    var stack: [(node: Node, expanded: Origin?)] = [(self, nil)]
    while let (node, expanded) = stack.popLast() {
      if let expanded {
        ordered.append((node, expanded))
      } else if visited.insert(ObjectIdentifier(node)).inserted {
        guard let origin = node.origin.withLock({ $0 }) else {
          preconditionFailure("gradients were taken before; ask to keep the recording then")
        }
        stack.append((node, origin))
        for input in origin.inputs.reversed() { stack.append((input, nil)) }
      }
    }
    return ordered
  }
}
