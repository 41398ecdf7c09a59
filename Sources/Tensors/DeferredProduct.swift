import CKernels
import Synchronization

/// A matrix product that is computed when somebody looks.
///
/// The gradient of a large kernel is such a product: xᵀ · dy. An optimizer needs each element of it
/// once, so it has the rows computed a few at a time, and uses them while they are in the cache:
/// the whole gradient is never written to memory. Whoever looks at the elements otherwise, to clip
/// them or to print them, gets them with the same bits.
final class DeferredProduct: Sendable {
  private let a: Matrix
  private let b: Matrix
  private let computed = Mutex<Storage?>(nil)

  var rows: Int { a.rows }
  var columns: Int { b.columns }

  /// - Precondition: The columns of `a` are as many as the rows of `b`.
  init(_ a: Matrix, _ b: Matrix) {
    precondition(a.columns == b.rows, "matrices of unequal inner extent have no product")
    self.a = a
    self.b = b.packed
  }

  /// How many rows are computed at once: few enough to stay in the first-level cache.
  var rowsAtOnce: Int { max(1, 4096 / max(columns, 1) / 8) * 8 }

  /// Computes some of the rows.
  ///
  /// - Parameters:
  ///   - range: Which rows.
  ///   - out: Receives them, one after the other.
  ///   - arrays: At most four arrays that will be needed right afterwards: as many elements of each
  ///     as are computed here are brought into the cache meanwhile.
  ///   - offset: The first of these elements.
  func compute(
    _ range: Range<Int>, into out: UnsafeMutablePointer<Float>,
    before arrays: [UnsafeMutablePointer<Float>] = [], at offset: Int = 0
  ) {
    var product = cairn_product(
      m: range.count, n: columns, k: a.columns, a: a.from(row: range.lowerBound, column: 0),
      b: b.address(row: 0, column: 0), b_row_stride: b.rowStride, c: out, c_row_stride: columns,
      c_column_stride: 1)
    func soon(_ index: Int) -> UnsafePointer<Float>? {
      index < arrays.count ? UnsafePointer(arrays[index] + offset) : nil
    }
    product.soon = (soon(0), soon(1), soon(2), soon(3))
    product.soon_count = Int64(arrays.count)
    product.soon_length = Int64(range.count * columns)
    kernels.matmul(&product)
  }

  /// Whether somebody has looked at the value.
  var isComputed: Bool { computed.withLock { $0 != nil } }

  /// The whole product.
  var value: Storage {
    computed.withLock { computed in
      if let computed { return computed }
      let storage = Storage(uninitialized: rows * columns)
      parallel(over: 0..<rows, grain: rowsAtOnce) { start, count in
        self.compute(start..<start + count, into: storage.pointer + start * self.columns)
      }
      computed = storage
      return storage
    }
  }
}
