import CKernels

extension Tensor {
  /// Multiplies two matrices.
  ///
  /// - Parameter other: A matrix of shape `[inner, columns]`.
  /// - Returns: For a matrix of shape `[rows, inner]`, the product of shape `[rows, columns]`.
  public func matrixProduct(_ other: Tensor) -> Tensor {
    precondition(
      rank == 2 && other.rank == 2 && shape[1] == other.shape[0],
      "cannot multiply matrices of the shapes \(shape) and \(other.shape)")
    let (a, b) = (withoutGradient, other.withoutGradient)
    return Tensor.product(Matrix(a), Matrix(b)).computed(
      from: (self, { Tensor.product(Matrix($0), Matrix(b).transposed) }),
      (other, { Tensor.product(Matrix(a).transposed, Matrix($0)) }))
  }

  private static func product(_ a: Matrix, _ b: Matrix) -> Tensor {
    Tensor(uninitialized: [a.rows, b.columns]) { out in
      nonisolated(unsafe) let c = at(out, 0)
      multiply(a, b, into: c, rowStride: b.columns, columnStride: 1)
    }
  }
}

/// A view of a tensor's elements as a matrix, which can be transposed without moving them.
struct Matrix {
  let tensor: Tensor
  var rows: Int
  var columns: Int
  var rowStride: Int
  var columnStride: Int

  /// The matrix that a tensor of two axes is.
  init(_ tensor: Tensor) {
    self.init(tensor, rows: tensor.shape[0], columns: tensor.shape[1])
  }

  init(_ tensor: Tensor, rows: Int, columns: Int) {
    self.tensor = tensor
    self.rows = rows
    self.columns = columns
    self.rowStride = columns
    self.columnStride = 1
  }

  var transposed: Matrix {
    var result = self
    (result.rows, result.columns) = (columns, rows)
    (result.rowStride, result.columnStride) = (columnStride, rowStride)
    return result
  }

  /// The same matrix with its rows contiguous in memory.
  var packed: Matrix {
    guard columnStride != 1 else { return self }
    let copy = Tensor(uninitialized: [rows, columns]) { out in
      // Along the contiguous axis of the source, so that each of its cache lines is read once.
      for column in 0..<columns {
        for row in 0..<rows {
          out[row * columns + column] =
            tensor.storage.pointer[row * rowStride + column * columnStride]
        }
      }
    }
    return Matrix(copy)
  }

  /// What the kernel is told about the part of the matrix that starts at an element.
  func from(row: Int, column: Int) -> cairn_matrix {
    cairn_matrix(
      data: UnsafePointer(tensor.storage.pointer) + row * rowStride + column * columnStride,
      row_stride: Int64(rowStride), column_stride: Int64(columnStride))
  }
}

/// Computes c = a · b, where element (i, j) of c is at `i * rowStride + j * columnStride`.
///
/// The kernel wants the rows of its second operand contiguous. If those of `b` are not, the same
/// product is computed as cᵀ = bᵀ · aᵀ, and whichever operand is smaller is copied for it.
func multiply(
  _ a: Matrix, _ b: Matrix, into c: UnsafeMutablePointer<Float>, rowStride: Int, columnStride: Int
) {
  if b.columnStride != 1 {
    if a.rowStride == 1 || a.rows * a.columns < b.rows * b.columns {
      multiply(
        b.transposed, a.transposed.packed, into: c, rowStride: columnStride,
        columnStride: rowStride)
    } else {
      multiply(a, b.packed, into: c, rowStride: rowStride, columnStride: columnStride)
    }
    return
  }

  // The longer side of the result is cut, at multiples of what the kernel keeps in registers.
  let (m, n, k) = (a.rows, b.columns, a.columns)
  nonisolated(unsafe) let c = c
  @Sendable func part(_ rows: (start: Int, count: Int), _ columns: (start: Int, count: Int)) {
    kernels.matmul(
      Int64(rows.count), Int64(columns.count), Int64(k), a.from(row: rows.start, column: 0),
      b.from(row: 0, column: columns.start),
      c + rows.start * rowStride
        + columns.start * columnStride, Int64(rowStride), Int64(columnStride), 0)
  }
  let enough = 1 << 18  // multiply-adds that are worth a chunk of their own
  if m >= n {
    let grain = Swift.max(1, enough / Swift.max(n * k, 1) / 8) * 8
    parallel(over: 0..<m, grain: grain) { part(($0, $1), (0, n)) }
  } else {
    let grain = Swift.max(1, enough / Swift.max(m * k, 1) / 64) * 64
    parallel(over: 0..<n, grain: grain) { part((0, m), ($0, $1)) }
  }
}
