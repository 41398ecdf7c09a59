extension Tensor {
  /// Records a result whose gradients with respect to several inputs are computed together.
  ///
  /// - Parameters:
  ///   - inputs: The inputs of the result.
  ///   - pullback: Maps the gradient of the result to the gradients of the recorded inputs;
  ///     receives the indices of these inputs, and returns one gradient for each, in order.
  /// - Returns: The same tensor, recorded if any input is.
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
