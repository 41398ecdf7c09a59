import CKernels

extension Tensor {
  /// Selects each element from one of two tensors, with NumPy's broadcasting.
  ///
  /// ```swift
  /// let logarithm = Tensor.where(x .> 0, x, Tensor(1)).log()  // 0 where x is not positive
  /// ```
  ///
  /// - Parameters:
  ///   - condition: The condition, such as the result of a comparison; no gradient passes through.
  ///   - a: The elements where `condition` is not 0.
  ///   - b: The elements where `condition` is 0.
  /// - Returns: The selected elements, with the broadcast shape. Elements that are not selected
  ///   have no influence, not even NaN. Their gradient is 0, which a previous operation may turn
  ///   into NaN, as in TensorFlow (√x at −1); select the inputs of such operations too.
  public static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
    let shape = condition.shape.broadcast(with: a.shape).broadcast(with: b.shape)
    let chosen = condition.withoutGradient.broadcast(to: shape)
    let zeros = Tensor(0).broadcast(to: shape)
    let (aShape, bShape) = (a.shape, b.shape)
    return chosen.select(
      a.withoutGradient.broadcast(to: shape), b.withoutGradient.broadcast(to: shape)
    )
    .computed(
      from: (a, { chosen.select($0, zeros).summed(to: aShape) }),
      (b, { chosen.select(zeros, $0).summed(to: bShape) }))
  }

  private func select(_ a: Tensor, _ b: Tensor) -> Tensor {
    mapped(with: a, b) { unsafe kernels.select($4, $0, $1, $2, $3) }
  }
}
