import Tensors

/// A random matrix with orthogonal rows or columns, whichever are fewer.
///
/// The vectors are normal random numbers, from each of which its components along the vectors
/// before it are subtracted, twice for precision: the modified Gram-Schmidt process, whose result
/// has the distribution of a QR decomposition with a positive diagonal.
struct OrthogonalMatrix {
  /// The matrix; all axes but the last are its rows.
  let tensor: Tensor

  /// Draws a matrix.
  ///
  /// - Parameters:
  ///   - shape: The shape; all axes but the last are the rows.
  ///   - gain: The length of the vectors.
  ///   - next: Draws a normal random number.
  init(_ shape: Shape, gain: Float, next: () -> Float) {
    let columns = shape.last ?? 1
    let rows = columns == 0 ? 0 : shape.elementCount / columns
    let (count, size) = (min(rows, columns), max(rows, columns))
    var vectors: [[Double]] = []
    for _ in 0..<count {
      var vector = (0..<size).map { _ in Double(next()) }
      for _ in 0..<2 {
        for other in vectors {
          var product = 0.0
          for index in 0..<size { product += vector[index] * other[index] }
          for index in 0..<size { vector[index] -= product * other[index] }
        }
      }
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      vectors.append(length > 0 ? vector.map { $0 / length } : vector)
    }
    let areRows = rows <= columns
    tensor = Tensor(
      (0..<rows * columns).map { index in
        let (row, column) = (index / columns, index % columns)
        return gain * Float(areRows ? vectors[row][column] : vectors[column][row])
      }, shape: shape)
  }
}
