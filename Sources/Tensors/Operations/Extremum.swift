import CKernels

extension Tensor {
  /// Returns the elementwise maximum of two tensors, with NumPy's broadcasting.
  ///
  /// - Parameters:
  ///   - a: A tensor; it gets the gradient of equal elements.
  ///   - b: A tensor with a shape that can be broadcast with that of `a`.
  /// - Returns: The maxima, with the broadcast shape.
  public static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
    let (x, y) = a.paired(with: b)
    return x.mapped(with: y) { unsafe kernels.elementwise_maximum($3, $0, $1, $2) }.computed(
      from: (a, { $0.gradient(where: x, isAtLeast: y).summed(to: a.shape) }),
      (b, { $0.gradient(where: x, isLessThan: y).summed(to: b.shape) }))
  }

  /// Returns the elementwise minimum of two tensors, with NumPy's broadcasting.
  ///
  /// - Parameters:
  ///   - a: A tensor; it gets the gradient of equal elements.
  ///   - b: A tensor with a shape that can be broadcast with that of `a`.
  /// - Returns: The minima, with the broadcast shape.
  public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
    let (x, y) = a.paired(with: b)
    return x.mapped(with: y) { unsafe kernels.elementwise_minimum($3, $0, $1, $2) }.computed(
      from: (a, { $0.gradient(where: y, isAtLeast: x).summed(to: a.shape) }),
      (b, { $0.gradient(where: y, isLessThan: x).summed(to: b.shape) }))
  }

  /// Both tensors, broadcast to their common shape.
  func paired(with other: Tensor) -> (Tensor, Tensor) {
    let common = shape.broadcast(with: other.shape)
    return (
      withoutGradient.broadcast(to: common), other.withoutGradient.broadcast(to: common)
    )
  }

  func gradient(where a: Tensor, isAtLeast b: Tensor) -> Tensor {
    a.mapped(with: b, self) { unsafe kernels.where_at_least($4, $0, $1, $2, $3) }
  }

  func gradient(where a: Tensor, isLessThan b: Tensor) -> Tensor {
    a.mapped(with: b, self) { unsafe kernels.where_less($4, $0, $1, $2, $3) }
  }
}
