import CKernels
import Glibc
import Tensors
import Testing

/// Compares the matrix product kernel with three loops, bitwise, on each instruction set.
@Suite("Matrix product kernel")
struct ProductKernelTests {
  /// The instruction sets of this processor.
  static let instructionSets: [String] = {
    let all: [String] = ["avx512", "avx2", "neon", "portable"]
    return all.filter { unsafe cairn_kernels_for($0) != nil }
  }()

  /// The operands and options of a product.
  struct Request: CustomTestStringConvertible {
    var m, n, k: Int
    var aIsTransposed = false
    var aHasOffsets = false
    var cIsTransposed = false
    var accumulates = false
    var hasBias = false
    var relu = false

    var testDescription: String {
      let marks = [
        (aIsTransposed, "aᵀ"), (aHasOffsets, "offsets"), (cIsTransposed, "cᵀ"), (accumulates, "+="),
        (hasBias, "bias"), (relu, "relu"),
      ]
      return "\(m) × \(k) × \(n) " + marks.filter(\.0).map(\.1).joined(separator: ", ")
    }
  }

  /// Each option at each size where a register block, a vector or a block of k ends.
  static let requests: [Request] = {
    var requests: [Request] = []
    for m in [0, 1, 4, 5, 6, 7, 8, 9, 13, 16, 17, 32, 33, 256] {
      for n in [0, 1, 15, 16, 17, 32, 33, 48, 49, 63, 64, 97] {
        for k in [0, 1, 2, 127, 128, 129, 256, 257] {
          var request = Request(m: m, n: n, k: k)
          // Which combination has which size does not matter, as long as all occur.
          let choice = requests.count * 7
          request.aIsTransposed = choice & 1 != 0
          request.aHasOffsets = choice & 6 == 6
          request.cIsTransposed = choice & 8 != 0
          request.accumulates = choice & 16 != 0
          request.hasBias = choice & 32 != 0
          request.relu = choice & 64 != 0
          requests.append(request)
          request.cIsTransposed.toggle()
          requests.append(request)
        }
      }
    }
    return requests
  }()

  @Test(
    "The product is bit-identical to three loops, at every size where a block ends",
    arguments: instructionSets)
  func matchesThreeLoops(instructionSet: String) throws {
    let kernels = try unsafe #require(cairn_kernels_for(instructionSet)).pointee
    for request in Self.requests {
      let (expected, actual) = unsafe compute(request, kernels)
      #expect(
        zip(expected, actual).allSatisfy { $0.bitPattern == $1.bitPattern },
        "\(request.testDescription)")
    }
  }

  /// Computes a product with loops and with the kernel, in arrays with padding between the rows,
  /// which must not change.
  private func compute(
    _ request: Request, _ kernels: cairn_kernels
  ) -> (expected: [Float], actual: [Float]) {
    let (m, n, k) = (request.m, request.n, request.k)
    var stream = RandomStream(seed: UInt64(m * 10_000 + n * 100 + k), stream: 0)
    func random(_ count: Int) -> [Float] { (0..<count).map { _ in stream.uniform(in: -1..<1) } }

    let (aRow, aColumn) = request.aIsTransposed ? (1, m + 3) : (k + 2, 1)
    let (cRow, cColumn) = request.cIsTransposed ? (1, m + 5) : (n + 1, 1)
    let bRow = n + 4
    let a = random(max(m, 1) * max(aRow, 1) + max(k, 1) * max(aColumn, 1))
    let (b, bias) = (random((k + 1) * bRow), random(n + 1))
    let c = random((m + 1) * cRow + (n + 1) * cColumn)
    let rowOffsets = (0..<m).map { Int32($0 * aRow) }
    let columnOffsets = (0..<k).map { Int32($0 * aColumn) }

    var expected = c
    for i in 0..<m {
      for j in 0..<n {
        var sum = request.accumulates ? c[i * cRow + j * cColumn] : 0
        for p in 0..<k { sum = fmaf(a[i * aRow + p * aColumn], b[p * bRow + j], sum) }
        if request.hasBias { sum += bias[j] }
        expected[i * cRow + j * cColumn] = request.relu && sum < 0 ? 0 : sum
      }
    }

    var actual = c
    unsafe a.withUnsafeBufferPointer { a in
      unsafe b.withUnsafeBufferPointer { b in
        unsafe bias.withUnsafeBufferPointer { bias in
          unsafe actual.withUnsafeMutableBufferPointer { c in
            unsafe rowOffsets.withUnsafeBufferPointer { rows in
              unsafe columnOffsets.withUnsafeBufferPointer { columns in
                guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else {
                  return
                }
                var product = unsafe cairn_product(
                  m: Int64(m), n: Int64(n), k: Int64(k),
                  a: cairn_matrix(
                    data: a, row_stride: Int64(aRow), column_stride: Int64(aColumn),
                    row_offsets: request.aHasOffsets ? rows.baseAddress : nil,
                    column_offsets: request.aHasOffsets ? columns.baseAddress : nil),
                  b: b, b_row_stride: Int64(bRow), c: c, c_row_stride: Int64(cRow),
                  c_column_stride: Int64(cColumn), accumulate: request.accumulates ? 1 : 0,
                  bias: request.hasBias ? bias.baseAddress : nil, relu: request.relu ? 1 : 0,
                  prefetch: (b, a, nil, nil), prefetch_count: 2, prefetch_length: 40)
                unsafe kernels.matmul(&product)
              }
            }
          }
        }
      }
    }
    return (expected, actual)
  }
}
