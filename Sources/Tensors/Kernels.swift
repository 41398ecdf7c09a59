import CKernels

/// The compute kernels for this processor.
///
/// The table of function pointers is selected on first use and is immutable, so any thread may read
/// it.
nonisolated(unsafe) let kernels = unsafe cairn_kernels_select().pointee

/// The instruction set of the selected kernels: `avx512`, `avx2`, `neon` or `portable`.
public let instructionSet = unsafe String(cString: kernels.instruction_set)

/// The number of elements per chunk of an elementwise operation.
let elementwiseGrain = 1 << 15

extension cairn_product {
  /// Creates a matrix product without epilogue and prefetching.
  init(
    m: Int, n: Int, k: Int, a: cairn_matrix, b: UnsafePointer<Float>, b_row_stride: Int,
    c: UnsafeMutablePointer<Float>, c_row_stride: Int, c_column_stride: Int
  ) {
    unsafe self.init(
      m: Int64(m), n: Int64(n), k: Int64(k), a: a, b: b, b_row_stride: Int64(b_row_stride), c: c,
      c_row_stride: Int64(c_row_stride), c_column_stride: Int64(c_column_stride), accumulate: 0,
      bias: nil, relu: 0, prefetch: (nil, nil, nil, nil), prefetch_count: 0, prefetch_length: 0)
  }
}
