import Tensors

/// Which steps a query may attend to, as tensors of 1 and 0 that are broadcast to
/// `[batch, queries, steps]`.
enum AttentionMask {
  /// Each step attends to itself and to the steps before it.
  static func causal(_ queries: Int, _ steps: Int) -> Tensor {
    make(queries, steps) { $0 >= $1 }
  }

  /// Each step attends to those less than `width` steps away.
  static func window(_ queries: Int, _ steps: Int, width: Int) -> Tensor {
    make(queries, steps) { abs($0 - $1) < width }
  }

  /// The steps of the mask of a sequence, for every query.
  static func steps(_ mask: Tensor) -> Tensor { mask.reshaped([mask.shape[0], 1, mask.shape[1]]) }

  /// The queries of the mask of a sequence, for every step.
  static func queries(_ mask: Tensor) -> Tensor {
    mask.reshaped([mask.shape[0], mask.shape[1], 1])
  }

  /// What all masks allow; `nil` if there is none.
  static func all(_ masks: [Tensor]) -> Tensor? {
    guard let first = masks.first else { return nil }
    return masks.dropFirst().reduce(first) { $0 * $1 }
  }

  private static func make(
    _ queries: Int, _ steps: Int, _ isAllowed: (Int, Int) -> Bool
  ) -> Tensor {
    let elements = (0..<queries).flatMap { query in
      (0..<steps).map { isAllowed(query, $0) ? Float(1) : 0 }
    }
    return Tensor(elements, shape: [1, queries, steps])
  }
}

extension Tensor {
  /// The softmax of scores along the last axis, of which those that a mask leaves out are reduced
  /// by 10⁹.
  ///
  /// If it leaves out all of a row, the rest of the scores is lost to rounding, so that the weights
  /// are equal, but have gradients.
  func attentionWeights(_ mask: Tensor?) -> Tensor {
    guard let mask else { return softmax() }
    return (self + (mask - 1) * 1e9).softmax()
  }
}
