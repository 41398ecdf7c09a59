import CKernels
import Preconditions
import Threads

extension Tensor {
  /// Multiplies two matrices, with an optional bias and ReLU.
  ///
  /// - Parameters:
  ///   - other: A matrix of shape `[inner, columns]`.
  ///   - bias: The bias, which is added to each row of the product, of shape `[columns]`; `nil` for
  ///     none.
  ///   - relu: Whether to apply ReLU to the results.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For a matrix of shape `[rows, inner]`, the product of shape `[rows, columns]`.
  public func matrixProduct(
    _ other: Tensor, bias: Tensor? = nil, relu: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    require(
      rank == 2 && other.rank == 2 && shape[1] == other.shape[0],
      "A matrix product needs shapes [m, k] and [k, n], but they are \(shape) and \(other.shape).",
      file: file, line: line)
    let (a, b) = (withoutGradient, other.withoutGradient)
    let y = Tensor.product(
      Matrix(a), Matrix(b), Epilogue(bias: bias, relu: relu, columns: other.shape[1]))
    return y.computed(bias: bias, relu: relu) { y in
      y.computed(
        from: (self, { Tensor(DeferredProduct(Matrix($0), Matrix(b).transposed)) }),
        (other, { Tensor(DeferredProduct(Matrix(a).transposed, Matrix($0))) }))
    }
  }

  private static func product(_ a: Matrix, _ b: Matrix, _ epilogue: Epilogue) -> Tensor {
    unsafe Tensor(uninitialized: [a.rows, b.columns]) {
      unsafe multiply(a, b, epilogue, into: at($0, 0))
    }
  }

  init(_ product: DeferredProduct) {
    self.init(shape: [product.rows, product.columns], storage: Storage(product))
  }
}

/// Computes c = a · b row by row, with the epilogue.
///
/// The longest of the three extents is divided into chunks. For the inner extent, each chunk has
/// its own partial sums, which are added in order.
private func multiply(
  _ a: Matrix, _ b: Matrix, _ epilogue: Epilogue, into c: UnsafeMutablePointer<Float>
) {
  let (m, n, k) = (a.rows, b.columns, a.columns)
  let c = unsafe Shared(c)
  @Sendable func part(
    rows: Range<Int>, columns: Range<Int>, inner: Range<Int>, _ epilogue: Epilogue,
    into c: UnsafeMutablePointer<Float>
  ) {
    var product = unsafe cairn_product(
      m: rows.count, n: columns.count, k: inner.count,
      a: a.from(row: rows.lowerBound, column: inner.lowerBound),
      b: b.address(row: inner.lowerBound, column: columns.lowerBound), b_row_stride: b.rowStride,
      c: c + rows.lowerBound * n + columns.lowerBound, c_row_stride: n, c_column_stride: 1)
    unsafe epilogue.add(to: &product, column: columns.lowerBound)
    unsafe kernels.matmul(&product)
  }

  if k > max(m, n), k > innerChunk {
    let chunks = (k + innerChunk - 1) / innerChunk
    // The first chunk writes directly to the result.
    let others = Storage(uninitialized: (chunks - 1) * m * n)
    parallel(chunks: chunks) { chunk in
      unsafe part(
        rows: 0..<m, columns: 0..<n, inner: chunk * innerChunk..<min((chunk + 1) * innerChunk, k),
        Epilogue(), into: chunk == 0 ? c.value : others.pointer + (chunk - 1) * m * n)
    }
    parallel(over: 0..<m, grain: max(1, elementwiseGrain / max(1, n * chunks))) {
      start, count in
      let rows = unsafe c + start * n
      for chunk in 0..<chunks - 1 {
        unsafe kernels.add(
          1, Int64(count * n), rows, others.pointer + chunk * m * n + start * n, rows)
      }
      unsafe epilogue.apply(to: rows, rows: count, columns: n)
    }
  } else if m >= n {
    parallel(over: 0..<m, grain: rowsOfChunk(rows: m, columns: n, inner: k)) { start, count in
      unsafe part(
        rows: start..<start + count, columns: 0..<n, inner: 0..<k, epilogue, into: c.value)
    }
  } else {
    parallel(over: 0..<n, grain: max(1, workOfChunk / max(m * k, 1) / 48) * 48) { start, count in
      unsafe part(
        rows: 0..<m, columns: start..<start + count, inner: 0..<k, epilogue, into: c.value)
    }
  }
}

/// The number of terms per chunk of a long sum, which determines the bits of the sum.
private let innerChunk = 1024

/// The minimum number of multiply-adds per chunk.
private let workOfChunk = 1 << 20

/// The number of rows per chunk of a product.
///
/// The number of threads may decide, as no bit depends on it. A tile has at most 4, 6 or 8 rows,
/// depending on the instruction set: 16 rows or more are divided with less loss than 8. Up to 64
/// rows, a chunk is a quarter of a thread's share.
///
/// - Parameters:
///   - rows: The rows of the product.
///   - columns: Its columns.
///   - inner: The number of products that are added for each element.
/// - Returns: A multiple of 8.
func rowsOfChunk(rows: Int, columns: Int, inner: Int) -> Int {
  let share = rows / Threads.count
  let even = min(64, max(share / 4, min(16, share)))
  return max(8, even / 8 * 8, workOfChunk / max(columns * inner, 1) / 8 * 8)
}
