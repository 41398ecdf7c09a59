import CKernels
import Preconditions
import Synchronization
import Threads

/// A deferred (lazy) matrix product.
///
/// The gradients of a `Dense` layer are such products: xᵀ · dy for the kernel, dy · wᵀ for the
/// input. Consumers that need each element once (optimizers and convolutions) compute the product
/// block by block while the block is in the cache, so that the whole is never written to memory.
/// Any other access computes the whole product, with the same bits.
final class DeferredProduct: Sendable {
  private let a: Matrix
  private let b: Matrix

  /// Whether a · b is the transpose of the product.
  private let isTransposed: Bool

  private let computed = Mutex<Storage?>(nil)

  let rows: Int
  let columns: Int

  /// - Precondition: `a` has as many columns as `b` has rows.
  init(_ a: Matrix, _ b: Matrix) {
    require(
      a.columns == b.rows,
      "The columns of `a` must be as many as the rows of `b`, but are \(a.columns) and \(b.rows).")
    (rows, columns) = (a.rows, b.columns)
    // The kernel needs contiguous rows of its second operand. If those of b are not contiguous, b
    // is copied, or the product is computed as cᵀ = bᵀ · aᵀ, if aᵀ is contiguous or smaller than b.
    isTransposed =
      b.columnStride != 1 && (a.rowStride == 1 || a.rows * a.columns < b.rows * b.columns)
    self.a = isTransposed ? b.transposed : a
    self.b = (isTransposed ? a.transposed : b).packed
  }

  /// The number of rows per block, chosen to fit the first-level cache.
  var rowsAtOnce: Int { max(1, 4096 / max(columns, 1) / 8) * 8 }

  /// Computes a block.
  ///
  /// - Parameters:
  ///   - rows: Its rows.
  ///   - columns: Its columns; by default all.
  ///   - out: The destination of the rows.
  ///   - rowStride: The distance between rows in the destination, in elements; contiguous by
  ///     default.
  ///   - arrays: At most four arrays to prefetch, which are needed next: as many elements of each
  ///     as are computed here.
  ///   - offset: The index of the first element to prefetch.
  func compute(
    rows: Range<Int>, columns: Range<Int>? = nil, into out: UnsafeMutablePointer<Float>,
    rowStride: Int? = nil, before arrays: [UnsafeMutablePointer<Float>] = unsafe [],
    at offset: Int = 0
  ) {
    let columns = columns ?? 0..<self.columns
    let rowStride = rowStride ?? columns.count
    let (m, n) = isTransposed ? (columns, rows) : (rows, columns)
    let strides = isTransposed ? (1, rowStride) : (rowStride, 1)
    var product = unsafe cairn_product(
      m: m.count, n: n.count, k: a.columns, a: a.from(row: m.lowerBound, column: 0),
      b: b.address(row: 0, column: n.lowerBound), b_row_stride: b.rowStride, c: out,
      c_row_stride: strides.0, c_column_stride: strides.1)
    func address(_ index: Int) -> UnsafePointer<Float>? {
      unsafe index < arrays.count ? UnsafePointer(arrays[index] + offset) : nil
    }
    unsafe product.prefetch = unsafe (address(0), address(1), address(2), address(3))
    unsafe product.prefetch_count = unsafe Int64(arrays.count)
    unsafe product.prefetch_length = Int64(rows.count * columns.count)
    unsafe kernels.matmul(&product)
  }

  /// The product of some rows of the first matrix and the second one; `nil` if it is stored as its
  /// transpose.
  func ofRows(_ range: Range<Int>) -> DeferredProduct? {
    isTransposed ? nil : DeferredProduct(a.rows(range), b)
  }

  /// The matrices `x` and `dy` whose product xᵀ · dy this is, contiguous; `nil` for other products.
  var factors: (x: Tensor, dy: Tensor)? {
    guard !isTransposed, a.rowStride == 1, a.columnStride == a.rows, b.columnStride == 1,
      b.rowStride == b.columns, a.offset == 0, b.offset == 0
    else { return nil }
    return (
      Tensor(shape: [a.columns, a.rows], storage: a.tensor.storage),
      Tensor(shape: [b.rows, b.columns], storage: b.tensor.storage)
    )
  }

  /// Whether the whole product has been computed.
  var isComputed: Bool { computed.withLock { $0 != nil } }

  /// The whole product.
  var value: Storage {
    computed.withLock { computed in
      if let computed { return computed }
      let (rows, columns) = (rows, columns)
      let storage = Storage(uninitialized: rows * columns)
      if isTransposed {
        let grain = rowsOfChunk(rows: columns, columns: rows, inner: a.columns)
        parallel(over: 0..<columns, grain: grain) { start, count in
          unsafe self.compute(
            rows: 0..<rows, columns: start..<start + count, into: storage.pointer + start,
            rowStride: columns)
        }
      } else {
        let grain = rowsOfChunk(rows: rows, columns: columns, inner: a.columns)
        parallel(over: 0..<rows, grain: grain) { start, count in
          // In the same blocks as for the optimizers, which is fastest.
          for row in stride(from: start, to: start + count, by: self.rowsAtOnce) {
            unsafe self.compute(
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
