import CKernels

/// A view of a tensor's elements as a matrix, which can be transposed without moving them.
struct Matrix: Sendable {
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

  /// Where an element is.
  func address(row: Int, column: Int) -> UnsafePointer<Float> {
    UnsafePointer(tensor.storage.pointer) + row * rowStride + column * columnStride
  }

  /// What the kernel is told about the part of the matrix that starts at an element.
  func from(row: Int, column: Int) -> cairn_matrix {
    cairn_matrix(
      data: address(row: row, column: column), row_stride: Int64(rowStride),
      column_stride: Int64(columnStride), row_offsets: nil, column_offsets: nil)
  }
}
