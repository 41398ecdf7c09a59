import Preconditions
import Synchronization

/// The gradients of one scalar with respect to variables.
///
/// ```swift
/// let x = Variable([3], name: "x")
/// let y = withGradientTape { x.value.square().sum() }
/// let slope = y.gradients()[x]  // [6], because d(x²)/dx = 2x
/// ```
public struct Gradients: Sendable {
  private var tensors: [ObjectIdentifier: Tensor]

  init(_ tensors: [ObjectIdentifier: Tensor]) {
    self.tensors = tensors
  }

  /// The gradient with respect to a variable, with the variable's shape; `nil` if the scalar does
  /// not depend on it.
  public subscript(variable: Variable) -> Tensor? {
    get { tensors[ObjectIdentifier(variable)] }
    set {
      require(
        newValue.map { $0.shape == variable.shape } ?? true,
        """
        The gradient of `\(variable.name)` must have its shape, \(variable.shape), but has \
        \(newValue?.shape ?? []).
        """)
      tensors[ObjectIdentifier(variable)] = newValue
    }
  }
}

extension Tensor {
  /// Computes the gradients of this scalar with respect to the variables that it depends on
  /// (backpropagation).
  ///
  /// By default, the recording is released, as in TensorFlow and PyTorch: the memory of
  /// intermediate results is freed, and variables can change in place even while the loss is kept.
  ///
  /// - Parameters:
  ///   - keepsRecording: Whether to keep the recording, so that gradients can be computed again.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: A gradient for each trainable variable that was read inside
  ///   ``withGradientTape(file:line:_:)`` to compute this tensor.
  /// - Precondition: The tensor has one element, and its recording has not been released.
  public func gradients(
    keepingRecording keepsRecording: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Gradients {
    require(
      count == 1,
      """
      Gradients are taken of a tensor with one element, but the shape is \(shape); use `mean()` \
      or `sum()`.
      """, file: file, line: line)
    guard let node else { return Gradients([:]) }
    return CallSite(file: file, line: line).track {
      gradients(from: node, keepsRecording: keepsRecording, whenFinal: nil)
    }
  }

  /// Computes the gradients of this scalar, as ``gradients(keepingRecording:file:line:)``, and
  /// passes each on as soon as it is known.
  ///
  /// The variables of the last operations come first.
  ///
  /// - Parameter whenFinal: Called with a variable and its gradient, once for each variable that
  ///   has one, while others are still to be computed.
  /// - Returns: All gradients.
  /// - Precondition: The tensor has one element, and its recording has not been released.
  package func gradients(
    whenFinal: (_ variable: ObjectIdentifier, _ gradient: Tensor) -> Void
  ) -> Gradients {
    require(
      count == 1,
      "Gradients are taken of a tensor with one element, but the shape is \(shape).")
    guard let node else { return Gradients([:]) }
    return withoutActuallyEscaping(whenFinal) {
      gradients(from: node, keepsRecording: false, whenFinal: $0)
    }
  }

  private func gradients(
    from node: Node, keepsRecording: Bool,
    whenFinal: ((_ variable: ObjectIdentifier, _ gradient: Tensor) -> Void)?
  ) -> Gradients {
    var pending = [ObjectIdentifier(node): Tensor(repeating: 1, shape: shape)]
    var variables: [ObjectIdentifier: Tensor] = [:]
    var steps = node.inOrder()
    // A variable has a leaf for each time it was read; its gradient is final after the last one.
    var leaves: [ObjectIdentifier: Int] = [:]
    if whenFinal != nil {
      for (step, _) in steps {
        if let variable = step.variable { leaves[variable, default: 0] += 1 }
      }
    }
    while let (step, origin) = steps.popLast() {
      if !keepsRecording && step.variable == nil { step.origin.withLock { $0 = nil } }
      let found = pending.removeValue(forKey: ObjectIdentifier(step))
      if let variable = step.variable {
        if let found { variables[variable] = variables[variable].map { $0 + found } ?? found }
        if let whenFinal {
          leaves[variable, default: 1] -= 1
          if leaves[variable] == 0, let final = variables[variable] { whenFinal(variable, final) }
        }
      }
      guard let gradient = found else { continue }
      for (input, contribution) in zip(origin.inputs, origin.pullback(gradient)) {
        let key = ObjectIdentifier(input)
        pending[key] = pending[key].map { $0 + contribution } ?? contribution
      }
    }
    return Gradients(variables)
  }
}

extension Node {
  /// The nodes of the graph with their origins, in topological order.
  fileprivate func inOrder() -> [(node: Node, origin: Origin)] {
    var visited: Set<ObjectIdentifier> = []
    var ordered: [(node: Node, origin: Origin)] = []
    // Depth-first search with an explicit stack, because recursion could overflow the thread's
    // stack.
    var stack: [(node: Node, expanded: Origin?)] = [(self, nil)]
    while let (node, expanded) = stack.popLast() {
      if let expanded {
        ordered.append((node, expanded))
      } else if visited.insert(ObjectIdentifier(node)).inserted {
        guard let origin = node.origin.withLock({ $0 }) else {
          fail(
            """
            The gradients of this tensor were taken before; use `gradients(keepingRecording: \
            true)` the first time.
            """)
        }
        stack.append((node, origin))
        for input in origin.inputs.reversed() { stack.append((input, nil)) }
      }
    }
    return ordered
  }
}
