extension Tensor {
  /// Connects a result to inputs whose gradients are computed together.
  ///
  /// - Parameters:
  ///   - inputs: What the result was computed from.
  ///   - pullback: Turns the gradient of the result into those of the inputs that lead back to a
  ///     variable; receives their positions among the inputs, and returns one gradient for each, in
  ///     order.
  /// - Returns: The same tensor, recorded if one of the inputs is.
  func computed(
    together inputs: [Tensor],
    _ pullback: @escaping @Sendable (_ gradient: Tensor, _ wanted: [Int]) -> [Tensor]
  ) -> Tensor {
    let wanted = inputs.indices.filter { inputs[$0].node != nil }
    guard !wanted.isEmpty else { return self }
    return computed(
      from: Node.Origin(inputs: inputs.compactMap(\.node)) { pullback($0, wanted) })
  }
}
