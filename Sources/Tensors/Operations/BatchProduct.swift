import CKernels
import Preconditions
import Threads

extension Tensor {
  /// Multiplies the matrices of two batches, pair by pair.
  ///
  /// - Parameters:
  ///   - other: Matrices of shape `[batch, inner, columns]`.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For matrices of shape `[batch, rows, inner]`, the products of shape
  ///   `[batch, rows, columns]`.
  public func batchMatrixProduct(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    require(
      rank == 3 && other.rank == 3 && shape[0] == other.shape[0] && shape[2] == other.shape[1],
      """
      A product of batches needs shapes [batch, m, k] and [batch, k, n], but they are \(shape) and \
      \(other.shape).
      """, file: file, line: line)
    let (a, b) = (withoutGradient, other.withoutGradient)
    return a.products(with: b).computed(
      from: (self, { $0.products(with: b.transposed([0, 2, 1])) }),
      (other, { a.transposed([0, 2, 1]).products(with: $0) }))
  }

  private func products(with other: Tensor) -> Tensor {
    let (m, k, n) = (shape[1], shape[2], other.shape[2])
    guard k > 0 else { return Tensor(zeros: [shape[0], m, n]) }
    let rows = rowsOfChunk(rows: shape[0] * m, columns: n, inner: k)
    let grain = Swift.max(1, rows / Swift.max(m, 1))
    return Tensor(inParallel: [shape[0], m, n]) { out in
      parallel(over: 0..<shape[0], grain: grain) { start, count in
        for index in start..<start + count {
          var product = unsafe cairn_product(
            m: m, n: n, k: k,
            a: cairn_matrix(
              data: storage.pointer + index * m * k, row_stride: Int64(k), column_stride: 1,
              row_offsets: nil, column_offsets: nil),
            b: other.storage.pointer + index * k * n, b_row_stride: n, c: out + index * m * n,
            c_row_stride: n, c_column_stride: 1)
          unsafe kernels.matmul(&product)
        }
      }
    }
  }
}
