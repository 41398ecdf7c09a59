import Preconditions
import CKernels
import Synchronization

/// A matrix product that is computed when somebody looks.
///
/// The gradients of a `Dense` layer are such products: xᵀ · dy of its kernel, dy · wᵀ of its input. Whoever
/// needs each element once has the product computed a block at a time, and uses the block while it is in
/// the cache, so that the whole is never written to memory: an optimizer the gradient of a kernel, a
/// convolution that of its features. Whoever looks at the elements otherwise, to clip them or to print
/// them, gets them with the same bits.
final class DeferredProduct: Sendable {
  private let a: Matrix
  private let b: Matrix

  /// Whether a · b is the transpose of the product.
  private let isTransposed: Bool

  private let computed = Mutex<Storage?>(nil)

  let rows: Int
  let columns: Int

  /// - Precondition: The columns of `a` are as many as the rows of `b`.
  init(_ a: Matrix, _ b: Matrix) {
    require(
      a.columns == b.rows,
      "The columns of `a` must be as many as the rows of `b`, but are \(a.columns) and \(b.rows).")
    (rows, columns) = (a.rows, b.columns)
    // The kernel wants the rows of its second operand contiguous. If they are not, the same product
    // is computed as cᵀ = bᵀ · aᵀ, and whichever operand is smaller is copied for it.
    isTransposed =
      b.columnStride != 1 && (a.rowStride == 1 || a.rows * a.columns < b.rows * b.columns)
    self.a = isTransposed ? b.transposed : a
    self.b = (isTransposed ? a.transposed : b).packed
  }

  /// How many rows are computed at once: few enough to stay in the first-level cache.
  var rowsAtOnce: Int { max(1, 4096 / max(columns, 1) / 8) * 8 }

  /// Computes a block.
  ///
  /// - Parameters:
  ///   - rows: Its rows.
  ///   - columns: Its columns; by default all.
  ///   - out: Receives its rows.
  ///   - rowStride: How far apart they are; by default, they follow each other.
  ///   - arrays: At most four arrays that will be needed right afterwards: as many elements of each
  ///     as are computed here are brought into the cache meanwhile.
  ///   - offset: The first of these elements.
  func compute(
    rows: Range<Int>, columns: Range<Int>? = nil, into out: UnsafeMutablePointer<Float>,
    rowStride: Int? = nil, before arrays: [UnsafeMutablePointer<Float>] = [], at offset: Int = 0
  ) {
    let columns = columns ?? 0..<self.columns
    let rowStride = rowStride ?? columns.count
    let (m, n) = isTransposed ? (columns, rows) : (rows, columns)
    let strides = isTransposed ? (1, rowStride) : (rowStride, 1)
    var product = cairn_product(
      m: m.count, n: n.count, k: a.columns, a: a.from(row: m.lowerBound, column: 0),
      b: b.address(row: 0, column: n.lowerBound), b_row_stride: b.rowStride, c: out,
      c_row_stride: strides.0, c_column_stride: strides.1)
    func soon(_ index: Int) -> UnsafePointer<Float>? {
      index < arrays.count ? UnsafePointer(arrays[index] + offset) : nil
    }
    product.soon = (soon(0), soon(1), soon(2), soon(3))
    product.soon_count = Int64(arrays.count)
    product.soon_length = Int64(rows.count * columns.count)
    kernels.matmul(&product)
  }

  /// Whether somebody has looked at the value.
  var isComputed: Bool { computed.withLock { $0 != nil } }

  /// The whole product.
  var value: Storage {
    computed.withLock { computed in
      if let computed { return computed }
      let (rows, columns) = (rows, columns)
      let storage = Storage(uninitialized: rows * columns)
      if isTransposed {
        let grain = rowsOfChunk(columns: rows, inner: a.columns)
        parallel(over: 0..<columns, grain: grain) { start, count in
          self.compute(
            rows: 0..<rows, columns: start..<start + count, into: storage.pointer + start,
            rowStride: columns)
        }
      } else {
        let grain = rowsOfChunk(columns: columns, inner: a.columns)
        parallel(over: 0..<rows, grain: grain) { start, count in
          // As the optimizers ask for them, which is what the kernel is quickest at.
          for row in stride(from: start, to: start + count, by: self.rowsAtOnce) {
            self.compute(
              rows: row..<min(row + self.rowsAtOnce, start + count),
              into: storage.pointer + row * columns)
          }
        }
      }
      computed = storage
      return storage
    }
  }
}
