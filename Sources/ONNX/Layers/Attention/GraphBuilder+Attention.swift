import Tensors

/// What queries may attend to, as booleans that are broadcast to `[batch, queries, steps]`.
extension GraphBuilder {
  /// The steps of a mask, for every query.
  func attentionSteps(_ mask: StepMask) -> String { unsqueezed(mask.name, [1]) }

  /// The queries of a mask, for every step.
  func attentionQueries(_ mask: StepMask) -> String { unsqueezed(mask.name, [2]) }

  /// The pairs of a query and a step for which a condition is true.
  func attentionPairs(
    _ name: String, queries: Int, steps: Int, _ isAllowed: (Int, Int) -> Bool
  ) -> String {
    let numbers = (0..<queries).flatMap { query in
      (0..<steps).map { isAllowed(query, $0) ? Float(1) : 0 }
    }
    return cast(
      constant(name, numbers, extents: [1, queries, steps]), to: TensorProto.DataType.boolean)
  }

  /// The mask of the pairs of a query and a value that all masks allow; `nil` without masks.
  func allowedByAll(_ masks: [String]) -> String? {
    guard let first = masks.first else { return nil }
    return masks.dropFirst().reduce(first) { addNode("And", [$0, $1])[0] }
  }

  /// The scores of the pairs that a mask leaves out, reduced by 10⁹.
  func reduced(_ scores: String, unless mask: String) -> String {
    let offset = addNode("Where", [mask, scalar("zero", 0), scalar("left_out", -1e9)])[0]
    return addNode("Add", [scores, offset])[0]
  }

  /// The softmax along the last axis.
  func attentionWeights(_ scores: String) -> String {
    addNode("Softmax", [scores], [AttributeProto("axis", .integer(-1))])[0]
  }
}
