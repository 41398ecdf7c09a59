import CKernels
import Glibc
import Tensors
import Testing
import Threads

/// The kernels of activations and normalizations.
@Suite("Pointwise kernels")
struct PointwiseKernelTests {
  private static let others = ProductKernelTests.instructionSets.filter { $0 != "portable" }

  @Test("Pointwise kernels give the same bits on every instruction set", arguments: others)
  func sameBits(instructionSet: String) throws {
    let portable = try unsafe #require(cairn_kernels_for("portable")).pointee
    let kernels = try unsafe #require(cairn_kernels_for(instructionSet)).pointee
    for columns in [1, 2, 7, 15, 16, 17, 31, 32, 33, 64, 65, 100, 1000] {
      let expected = results(portable, columns)
      let actual = results(kernels, columns)
      #expect(expected.count == actual.count)
      for (expected, actual) in zip(expected, actual) {
        // It is unspecified which of two NaNs an addition returns.
        #expect(
          zip(expected.values, actual.values)
            .allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) },
          "\(expected.name), \(columns) columns")
      }
    }
  }

  @safe private func results(_ kernels: cairn_kernels, _ columns: Int)
    -> [(name: String, values: [Float])]
  {
    var stream = RandomStream(seed: UInt64(columns), stream: 5)
    func random(_ count: Int, in range: Range<Float> = -3..<3) -> [Float] {
      (0..<count).map { _ in stream.uniform(in: range) }
    }
    let special: [Float] = [
      0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, 3e38, -3e38, 88, -104, 0.5,
      -0.5,
      1, -1, 3, -3, 6,
    ]
    let (x, dy) = (random(columns) + special, random(columns + special.count))
    let count = Int64(x.count)
    var results: [(name: String, values: [Float])] = []
    @safe func record(
      _ name: String, _ size: Int, _ body: (UnsafeMutablePointer<Float>) -> Void
    ) {
      var out = [Float](repeating: 0, count: size)
      unsafe out.withUnsafeMutableBufferPointer {
        if let address = $0.baseAddress { unsafe body(address) }
      }
      results.append((name, out))
    }
    for raw in cairn_softplus.rawValue...cairn_mish.rawValue {
      let function = cairn_activation(rawValue: raw)
      record("activation \(raw)", x.count) { unsafe kernels.activate(function, count, x, $0) }
      record("gradient of activation \(raw)", x.count) {
        unsafe kernels.activate_gradient(function, count, x, dy, $0)
      }
    }
    let rectifier = cairn_rectifier(
      slope: 0.1, threshold: 0.5, maximum: 3, slope_at_threshold: 0.2, slope_at_maximum: 0.3)
    record("rectify", x.count) { unsafe kernels.rectify(count, rectifier, x, $0) }
    record("rectify_gradient", x.count) {
      unsafe kernels.rectify_gradient(count, rectifier, x, dy, $0)
    }
    record("exponential_linear", x.count) {
      unsafe kernels.exponential_linear(count, 1.5, 0.7, x, $0)
    }
    record("exponential_linear_gradient", x.count) {
      unsafe kernels.exponential_linear_gradient(count, 1.5, 0.7, 0.2, x, dy, $0)
    }
    record("absolute", x.count) { unsafe kernels.absolute(count, x, $0) }
    record("sign", x.count) { unsafe kernels.sign(count, x, $0) }
    record("square_root", x.count) { unsafe kernels.square_root(count, x, $0) }
    record("select", x.count) { unsafe kernels.select(count, x, dy, x, $0) }
    record("elementwise_maximum", x.count) { unsafe kernels.elementwise_maximum(count, x, dy, $0) }
    record("elementwise_minimum", x.count) { unsafe kernels.elementwise_minimum(count, x, dy, $0) }
    record("where_at_least", x.count) { unsafe kernels.where_at_least(count, x, dy, dy, $0) }
    record("where_less", x.count) { unsafe kernels.where_less(count, x, dy, dy, $0) }

    let (rows, all) = (5, 5 * columns)
    let (m, g) = (random(all), random(all))
    let (a, b, c, d) = (random(columns), random(columns), random(columns), random(columns))
    let (n, k) = (Int64(rows), Int64(columns))
    record("moments", 2 * columns) { unsafe kernels.moments(n, k, m, $0, $0 + columns) }
    record("deviation_products", 2 * columns) {
      unsafe kernels.deviation_products(n, k, m, a, g, b, nil, $0, $0 + columns)
    }
    record("deviation_products, ReLU", 2 * columns) {
      unsafe kernels.deviation_products(n, k, m, a, g, b, c, $0, $0 + columns)
    }
    record("normalize", all) { unsafe kernels.normalize(n, k, m, a, b, c, 0, $0) }
    record("normalize, ReLU", all) { unsafe kernels.normalize(n, k, m, a, b, c, 1, $0) }
    record("normalize_gradient", all) {
      unsafe kernels.normalize_gradient(n, k, m, a, g, b, c, d, nil, $0)
    }
    record("normalize_gradient, ReLU", all) {
      unsafe kernels.normalize_gradient(n, k, m, a, g, b, c, d, a, $0)
    }
    record("normalize_rows", all + 2 * rows) {
      unsafe kernels.normalize_rows(n, k, m, a, b, 0.01, $0 + all, $0 + all + rows, $0)
    }
    let (mean, inverse) = (random(rows), random(rows, in: 0.1..<2))
    record("normalize_rows_gradient", all) {
      unsafe kernels.normalize_rows_gradient(n, k, m, a, mean, inverse, g, $0)
    }
    record("normalize_rows_gradient without gamma", all) {
      unsafe kernels.normalize_rows_gradient(n, k, m, nil, mean, inverse, g, $0)
    }
    record("log_softmax", all) { unsafe kernels.log_softmax(n, k, m, $0) }
    record("log_softmax_gradient", all) { unsafe kernels.log_softmax_gradient(n, k, m, g, $0) }
    return results
  }

  @Test("elu, softplus and gelu have errors of a few units in the last place")
  func accuracy() {
    var stream = RandomStream(seed: 11, stream: 4)
    let x = (0..<20_000).map { _ in stream.uniform(in: -20..<20) }
    let small = (0..<20_000).map { _ in stream.uniform(in: -1e-3..<1e-3) }
    func error(
      _ f: (Tensor) -> Tensor, _ inputs: [Float], floor: Double = 0, _ exact: (Double) -> Double
    ) -> Double {
      zip(f(Tensor(inputs)).scalars, inputs).map { actual, input in
        let exact = exact(Double(input))
        return abs(Double(actual) - exact) / max(abs(exact), floor)
      }.max() ?? .infinity
    }
    func elu(_ x: Double) -> Double { x > 0 ? x : expm1(x) }
    #expect(error({ $0.elu() }, x, elu) < 3e-7)
    #expect(error({ $0.elu() }, small, elu) < 3e-7)
    #expect(error({ $0.softplus() }, x) { max($0, 0) + log1p(Glibc.exp(-abs($0))) } < 4e-7)
    #expect(error({ $0.softplus() }, small) { log1p(Glibc.exp($0)) } < 4e-7)
    func gelu(_ x: Double) -> Double { 0.5 * x * (1 + erf(x / 2.0.squareRoot())) }
    #expect(error({ $0.gelu() }, x, floor: 1, gelu) < 4e-7)
    #expect(error({ $0.gelu() }, small, gelu) < 4e-7)
  }

  @Test("Normalizations and their gradients are bit-identical for every number of threads")
  func threads() {
    var stream = RandomStream(seed: 12, stream: 6)
    let x = Variable(
      Tensor((0..<513_760).map { _ in stream.uniform(in: -1..<2) }, shape: [40, 26, 26, 19]),
      name: "x")
    let gamma = Variable(Tensor((0..<19).map { Float($0) / 7 - 1 }), name: "gamma")
    func compute() -> [Tensor?] {
      let (batch, rows, loss) = withGradientTape {
        let batch = x.value.batchNormalized(gamma: gamma.value, beta: nil, epsilon: 1e-3)
        let rows = batch.output.mish().layerNormalized(gamma: gamma.value, beta: nil, epsilon: 1e-3)
        return (batch, rows, (rows * rows * batch.output).mean())
      }
      let gradients = loss.gradients()
      return [batch.mean, batch.variance, batch.output, rows, gradients[x], gradients[gamma]]
    }
    let before = Threads.count
    defer { Threads.count = before }
    Threads.count = 1
    let expected = compute()
    for count in [2, 3] {
      Threads.count = count
      #expect(compute() == expected)
    }
  }

  @Test("Transposing and broadcasting move elements to the right index")
  func movement() {
    let shape: Shape = [2, 3, 4, 5]
    let x = Tensor((0..<120).map(Float.init), shape: shape)
    for permutation in [[0, 1, 2, 3], [3, 2, 1, 0], [0, 2, 1, 3], [2, 0, 3, 1], [1, 0, 2, 3]] {
      let y = x.transposed(permutation)
      let strides = permutation.map { shape.strides[$0] }
      #expect(y.scalars == expected(y.shape, strides))
    }
    let column = Tensor((0..<6).map(Float.init), shape: [2, 1, 3, 1])
    #expect(column.broadcast(to: [2, 4, 3, 5]).scalars == expected([2, 4, 3, 5], [3, 0, 1, 0]))
    let row = Tensor((0..<6).map(Float.init), shape: [2, 1, 1, 3])
    #expect(row.broadcast(to: [2, 4, 1, 3]).scalars == expected([2, 4, 1, 3], [3, 0, 0, 1]))
    #expect(Tensor(7).broadcast(to: [2, 3]).scalars == Array(repeating: 7, count: 6))
    #expect(Tensor([7]).broadcast(to: [0, 1]).scalars.isEmpty)
  }

  private func expected(_ shape: Shape, _ strides: [Int]) -> [Float] {
    (0..<shape.elementCount).map { position in
      Float(
        zip(shape.strides, zip(shape.dimensions, strides))
          .reduce(0) { $0 + position / $1.0 % $1.1.0 * $1.1.1 })
    }
  }
}
