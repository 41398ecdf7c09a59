import Tensors

/// A random matrix with orthogonal rows or columns, whichever are fewer.
///
/// The vectors are normal random numbers, from each of which its components along the vectors
/// before it are subtracted, twice for precision: the Gram-Schmidt process, whose result has the
/// distribution of a QR decomposition with a positive diagonal. Blocks of vectors are made
/// orthogonal to earlier blocks by matrix products.
struct OrthogonalMatrix {
  /// The matrix; all axes but the last are its rows.
  let tensor: Tensor

  private static let blockSize = 32

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
    var blocks: [Tensor] = []
    for start in stride(from: 0, to: count, by: Self.blockSize) {
      let height = min(Self.blockSize, count - start)
      var block = Tensor((0..<height * size).map { _ in next() }, shape: [height, size])
      if !blocks.isEmpty {
        block = OrthonormalVectors(of: block.without(blocks), passes: 1).tensor.without(blocks)
      }
      blocks.append(OrthonormalVectors(of: block, passes: 2).tensor)
    }
    let vectors = blocks.flatMap(\.scalars)
    let areRows = rows <= columns
    tensor = Tensor(
      (0..<rows * columns).map { index in
        gain * vectors[areRows ? index : index % columns * rows + index / columns]
      }, shape: shape)
  }
}

extension Tensor {
  /// The vectors in the rows without their components along the orthonormal vectors in the rows of
  /// other matrices.
  fileprivate func without(_ others: [Tensor]) -> Tensor {
    others.reduce(self) { vectors, other in
      vectors - vectors.matrixProduct(other.transposed()).matrixProduct(other)
    }
  }
}

/// A few vectors that are made orthonormal in double precision.
private struct OrthonormalVectors {
  /// The vectors, padded with zeros.
  private var vectors: [[SIMD8<Double>]] = []
  private let size: Int

  /// Orthonormalizes vectors one after the other.
  ///
  /// - Parameters:
  ///   - rows: A matrix with the vectors in its rows.
  ///   - passes: How often the components along earlier vectors are subtracted.
  init(of rows: Tensor, passes: Int) {
    size = rows.shape[1]
    let scalars = rows.scalars
    for row in 0..<rows.shape[0] {
      var vector = [SIMD8<Double>](repeating: .zero, count: (size + 7) / 8)
      for index in 0..<size { vector[index / 8][index % 8] = Double(scalars[row * size + index]) }
      for _ in 0..<passes {
        for other in vectors {
          let component = Self.product(vector, other)
          for index in vector.indices { vector[index] -= component * other[index] }
        }
      }
      let length = Self.product(vector, vector).squareRoot()
      if length > 0 { for index in vector.indices { vector[index] /= length } }
      vectors.append(vector)
    }
  }

  /// The vectors in the rows of a matrix.
  var tensor: Tensor {
    let scalars = vectors.flatMap { vector in
      (0..<size).map { Float(vector[$0 / 8][$0 % 8]) }
    }
    return Tensor(scalars, shape: [vectors.count, size])
  }

  private static func product(_ a: [SIMD8<Double>], _ b: [SIMD8<Double>]) -> Double {
    var sums = SIMD8<Double>.zero
    for index in a.indices { sums += a[index] * b[index] }
    return sums.indices.reduce(0) { $0 + sums[$1] }
  }
}
