import Preconditions

/// The factors of products that are not computed, such as the gradient of a dense layer's kernel.
///
/// They are smaller than the product if there are few examples.
extension Tensor {
  /// The matrices `x`, of shape `[examples, rows]`, and `dy`, of shape `[examples, columns]`, whose
  /// product xᵀ · dy this matrix is; `nil` if it is another one, or has been computed.
  package var factors: (x: Tensor, dy: Tensor)? {
    guard let product = storage.deferred, !product.isComputed,
      shape == [product.rows, product.columns]
    else { return nil }
    return product.factors
  }

  /// Some rows of the product of ``factors``; `nil` if this tensor has none.
  ///
  /// They are computed when they are needed, and have the bits of those rows of the whole product.
  package func rowsOfProduct(_ range: Range<Int>) -> Tensor? {
    guard factors != nil, let rows = storage.deferred?.ofRows(range) else { return nil }
    return Tensor(rows)
  }

  /// Creates the product xᵀ · dy, which is computed when it is needed.
  ///
  /// It has the bits of the product that ``factors`` belong to.
  ///
  /// - Parameters:
  ///   - x: A matrix of shape `[examples, rows]`.
  ///   - dy: A matrix of shape `[examples, columns]`.
  package init(productOf x: Tensor, _ dy: Tensor) {
    require(
      x.rank == 2 && dy.rank == 2 && x.shape[0] == dy.shape[0],
      "Factors must have the shapes [examples, rows] and [examples, columns], but have "
        + "\(x.shape) and \(dy.shape).")
    self.init(DeferredProduct(Matrix(x).transposed, Matrix(dy)))
  }
}
