import CKernels

/// The kernels for this processor.
///
/// A table of function pointers that is chosen on first use and never changes afterwards, so any
/// thread may read it.
nonisolated(unsafe) let kernels = cairn_kernels_select().pointee

/// The instruction set that the kernels were chosen for: `avx512`, `avx2`, `neon` or `portable`.
public let instructionSet = String(cString: kernels.instruction_set)

/// How many elements of an elementwise operation are worth a chunk of their own.
let elementwiseGrain = 1 << 15

extension cairn_product {
  /// A product of matrices, without anything that may happen on the way.
  init(
    m: Int, n: Int, k: Int, a: cairn_matrix, b: UnsafePointer<Float>, b_row_stride: Int,
    c: UnsafeMutablePointer<Float>, c_row_stride: Int, c_column_stride: Int
  ) {
    self.init(
      m: Int64(m), n: Int64(n), k: Int64(k), a: a, b: b, b_row_stride: Int64(b_row_stride), c: c,
      c_row_stride: Int64(c_row_stride), c_column_stride: Int64(c_column_stride), accumulate: 0,
      bias: nil, relu: 0, soon: (nil, nil, nil, nil), soon_count: 0, soon_length: 0)
  }
}
