import CKernels

extension Tensor {
  /// Returns log(eˣ / Σ eˣ) along the last axis.
  ///
  /// - Returns: A tensor of the same shape, with elements of at most 0.
  public func logSoftmax() -> Tensor {
    let (rows, columns) = rowsAndColumns
    let y = unsafe Tensor(uninitialized: shape) { out in
      unsafe kernels.log_softmax(rows, columns, storage.pointer, at(out, 0))
    }
    return y.computed(fromRows: self) { unsafe kernels.log_softmax_gradient($0, $1, $2, $3, $4) }
  }

  /// Returns the softmax: eˣ / Σ eˣ, with the sum over any axes.
  ///
  /// - Parameter axes: The axes of the sum, in any order; negative values count from the end.
  /// - Returns: A tensor of the same shape.
  public func softmax(axes: [Int]) -> Tensor {
    let last = Set(axes.map(shape.axis)).sorted()
    let first = shape.indices.filter { !last.contains($0) }
    guard last != [rank - 1] else { return softmax() }
    let permutation = first + last
    var inverse = permutation
    for (axis, origin) in permutation.enumerated() { inverse[origin] = axis }
    let moved = transposed(permutation)
    let rows = Shape(first.map { shape[$0] } + [last.reduce(1) { $0 * shape[$1] }])
    return moved.reshaped(rows).softmax().reshaped(moved.shape).transposed(inverse)
  }
}
