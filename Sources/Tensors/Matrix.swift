import CKernels

/// A strided matrix view of a tensor's elements, which can be transposed without a copy.
struct Matrix: Sendable {
  /// The elements, which are not deferred, without gradient.
  let tensor: Tensor
  var rows: Int
  var columns: Int
  var rowStride: Int
  var columnStride: Int

  /// The index of the first element of the matrix among those of the tensor.
  private(set) var offset = 0

  /// Creates a view of a tensor with two axes.
  init(_ tensor: Tensor) {
    self.init(tensor, rows: tensor.shape[0], columns: tensor.shape[1])
  }

  init(_ tensor: Tensor, rows: Int, columns: Int) {
    self.tensor = Tensor(shape: tensor.shape, storage: tensor.storage.computed)
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

  /// A view of some of its rows.
  func rows(_ range: Range<Int>) -> Matrix {
    var result = self
    result.rows = range.count
    result.offset += range.lowerBound * rowStride
    return result
  }

  /// The same matrix with contiguous rows, copied if necessary.
  var packed: Matrix {
    guard columnStride != 1 else { return self }
    let source = unsafe tensor.storage.pointer + offset
    let copy = unsafe Tensor(uninitialized: [rows, columns]) { out in
      // Iterates along the contiguous axis of the source, so that each cache line is read once.
      for column in 0..<columns {
        for row in 0..<rows {
          unsafe out[row * columns + column] =
            unsafe source[row * rowStride + column * columnStride]
        }
      }
    }
    return Matrix(copy)
  }

  /// The address of an element.
  func address(row: Int, column: Int) -> UnsafePointer<Float> {
    unsafe UnsafePointer(tensor.storage.pointer) + offset + row * rowStride + column * columnStride
  }

  /// The kernel's view of the submatrix that starts at an element.
  func from(row: Int, column: Int) -> cairn_matrix {
    unsafe cairn_matrix(
      data: address(row: row, column: column), row_stride: Int64(rowStride),
      column_stride: Int64(columnStride), row_offsets: nil, column_offsets: nil)
  }
}
