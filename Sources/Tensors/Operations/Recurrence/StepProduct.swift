internal import CKernels

/// Computes c = a · b + bias, or adds a · b to c, on the calling thread.
///
/// - Parameters:
///   - m: The rows of a and c.
///   - n: The columns of b and c.
///   - k: The columns of a and the rows of b.
///   - a: The elements of a, row by row.
///   - aStride: The distance of the rows of a.
///   - b: The elements of b, row by row.
///   - bStride: The distance of the rows of b.
///   - c: The elements of c, row by row.
///   - cStride: The distance of the rows of c.
///   - bias: `[n]`, added to each row; `nil` for none.
///   - accumulates: Whether the product is added to c.
func multiplyStep(
  _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ aStride: Int,
  _ b: UnsafePointer<Float>, _ bStride: Int, into c: UnsafeMutablePointer<Float>, _ cStride: Int,
  bias: UnsafePointer<Float>? = nil, accumulates: Bool = false
) {
  var product = unsafe cairn_product(
    m: m, n: n, k: k,
    a: cairn_matrix(
      data: a, row_stride: Int64(aStride), column_stride: 1, row_offsets: nil,
      column_offsets: nil), b: b, b_row_stride: bStride, c: c, c_row_stride: cStride,
    c_column_stride: 1)
  unsafe product.bias = unsafe bias
  unsafe product.accumulate = accumulates ? 1 : 0
  unsafe kernels.matmul(&product)
}
