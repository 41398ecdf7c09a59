import Preconditions
import Tensors

extension Regularizer.Orthogonality {
  /// Computes the factor times the mean |cosine| of all pairs of different rows or columns.
  ///
  /// As in Keras, a single row or column, which forms no pair, gives NaN.
  ///
  /// Source: `OrthogonalRegularizer` in keras/src/regularizers/regularizers.py.
  ///
  /// - Parameter x: The matrix.
  /// - Returns: The penalty, a scalar.
  func callAsFunction(_ x: Tensor) -> Tensor {
    require(
      x.rank == 2,
      "An orthogonal regularizer needs a matrix, but got a tensor of shape \(x.shape).")
    let rows = mode == .rows ? x : x.transposed([1, 0])
    let unit = rows.unitNormalized(axes: [1], atLeast: 1e-7)
    let count = x.shape[mode == .rows ? 0 : 1]
    let others = Tensor(
      (0..<count * count).map { $0 / count == $0 % count ? 0 : 1 }, shape: [count, count])
    let cosines = (unit.matrixProduct(unit.transposed([1, 0])) * others).abs().sum()
    return cosines * Float(0.5 * factor) / Float(Double(count) * Double(count - 1) / 2)
  }
}
