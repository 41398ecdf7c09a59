import CKernels
import Machine
import Tensors

/// Measures the kernels alone, on one thread, and compares them with what the machine can do.
///
/// Each line is the median of many runs. The processor's peak is measured before and after each
/// run, because it changes from one millisecond to the next on shared machines; a ratio is to the
/// mean of the two.
@safe struct Parts {
  private let kernels = unsafe cairn_kernels_select().pointee
  private let batch = 32
  private let inputs: Int
  private let units = 128

  /// What an optimizer takes at once of a gradient with so many columns.
  private let rowsAtOnce = 32
  private let x, w, m, v, dx, dy: UnsafeMutablePointer<Float>

  /// - Parameter inputs: The rows of the kernel: 21,632 in the quickstart model, where it is 11 MB;
  ///   fewer, so that it stays in a core's own cache.
  init(inputs: Int) {
    self.inputs = inputs
    func block(_ count: Int) -> UnsafeMutablePointer<Float> {
      let block = UnsafeMutablePointer<Float>.allocate(capacity: count)
      for index in 0..<count { unsafe block[index] = Float(index % 1000) / 1000 - 0.4995 }
      return unsafe block
    }
    unsafe (x, dx) = (block(batch * inputs), block(batch * inputs))
    unsafe (w, m, v) = (block(inputs * units), block(inputs * units), block(inputs * units))
    for index in 0..<inputs * units { unsafe v[index] *= v[index] }
    unsafe dy = block(batch * units)
  }

  func run() {
    let work = 2.0 * Double(batch * inputs * units)
    print("kernel of \(inputs) × \(units), batch of \(batch), one thread, \(instructionSet)")
    measure("forward: y = x · w", operations: work) {
      unsafe multiply(
        batch, units, inputs, x, strides: (inputs, 1), w, units, into: dy, strides: (units, 1))
    }
    measure("input gradient: dx = dy · wᵀ", operations: work) {
      // As it is computed: dxᵀ = w · dyᵀ, with dyᵀ packed.
      unsafe multiply(
        inputs, batch, units, w, strides: (units, 1), dy, batch, into: dx, strides: (1, inputs))
    }
    let part = UnsafeMutablePointer<Float>.allocate(capacity: rowsAtOnce * units)
    defer { unsafe part.deallocate() }
    measure("kernel gradient: xᵀ · dy, \(rowsAtOnce) rows at a time", operations: work) {
      for row in stride(from: 0, to: inputs, by: rowsAtOnce) {
        unsafe multiply(
          rowsAtOnce, units, batch, x + row, strides: (1, inputs), dy, units, into: part,
          strides: (units, 1))
      }
    }
    let step = cairn_adam(
      alpha: 1e-3, one_minus_beta_1: 0.1, one_minus_beta_2: 0.001, epsilon: 1e-7)
    let bytes = Double(6 * inputs * units * 4)
    measure("Adam, the gradient in cache", bytes: bytes) {
      for row in stride(from: 0, to: inputs, by: rowsAtOnce) {
        let at = row * units
        unsafe kernels.adam(Int64(rowsAtOnce * units), step, part, m + at, v + at, nil, w + at)
      }
    }
  }

  private func multiply(
    _ rows: Int, _ columns: Int, _ inner: Int, _ a: UnsafePointer<Float>,
    strides aStrides: (Int, Int), _ b: UnsafePointer<Float>, _ bStride: Int,
    into c: UnsafeMutablePointer<Float>, strides cStrides: (Int, Int)
  ) {
    var product = unsafe cairn_product(
      m: Int64(rows), n: Int64(columns), k: Int64(inner),
      a: cairn_matrix(
        data: a, row_stride: Int64(aStrides.0), column_stride: Int64(aStrides.1),
        row_offsets: nil, column_offsets: nil),
      b: b, b_row_stride: Int64(bStride), c: c, c_row_stride: Int64(cStrides.0),
      c_column_stride: Int64(cStrides.1), accumulate: 0, bias: nil, relu: 0,
      prefetch: (nil, nil, nil, nil), prefetch_count: 0, prefetch_length: 0)
    unsafe kernels.matmul(&product)
  }

  private func measure(
    _ name: String, operations: Double = 0, bytes: Double = 0, _ body: () -> Void
  ) {
    let clock = ContinuousClock()
    let runs = (0..<101).map { _ in
      let before = machine_peak()
      let time = clock.measure(body) / .seconds(1)
      return (time: time, peak: (before + machine_peak()) / 2)
    }
    let median = runs.map(\.time).sorted()[50]
    var line = "  \(name): \(rounded(median * 1e3)) ms"
    if operations > 0 {
      let parts = runs.map { operations / $0.time / $0.peak }.sorted()
      let peak = runs.map(\.peak).sorted()[50]
      line +=
        ", \(rounded(operations / median / 1e9)) GFLOP/s, \(rounded(parts[50] * 100)) % of the peak"
        + " (\(rounded(parts[10] * 100)) to \(rounded(parts[90] * 100)) %), "
        + "which is \(rounded(peak / 1e9))"
    }
    if bytes > 0 {
      let read = unsafe machine_read_bandwidth(w, Int64(inputs * units))
      line +=
        ", \(rounded(bytes / median / 1e9)) GB/s to and fro; reading alone \(rounded(read / 1e9))"
    }
    print(line)
  }
}
