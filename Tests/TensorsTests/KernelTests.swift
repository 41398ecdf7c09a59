import CKernels
import Glibc
import Tensors
import Testing
import Threads

/// Compares the kernels with naive loops, at the sizes where blocks and vectors end.
@Suite("Kernels")
struct KernelTests {
  @Test(
    "A matrix product is bit-identical to three loops",
    arguments: [0, 1, 2, 7, 8, 9, 16, 17], [0, 1, 3, 15, 16, 17, 31, 33, 48, 49, 65, 100])
  func matrixProduct(rows: Int, columns: Int) {
    for inner in [0, 1, 2, 31, 255, 256, 257, 513] {
      let a = random([rows, inner], seed: 1)
      let b = random([inner, columns], seed: 2)
      var expected = [Float](repeating: 0, count: rows * columns)
      let (x, y) = (a.scalars, b.scalars)
      for i in 0..<rows {
        for j in 0..<columns {
          for p in 0..<inner {
            expected[i * columns + j] = fmaf(
              x[i * inner + p], y[p * columns + j], expected[i * columns + j])
          }
        }
      }
      #expect(a.matrixProduct(b) == Tensor(expected, shape: [rows, columns]))
    }
  }

  @Test("Gradients of a matrix product are bit-identical to products with the transposes")
  func transposedProducts() throws {
    for (m, n, k) in [(32, 128, 300), (3, 5, 7), (65, 10, 128), (1, 1, 1), (40, 33, 600)] {
      let a = Variable(random([m, k], seed: 3), name: "a")
      let b = Variable(random([k, n], seed: 4), name: "b")
      let dy = random([m, n], seed: 5)
      let gradients = withGradientTape { (a.value.matrixProduct(b.value) * dy).sum() }.gradients()
      let (da, db) = (try #require(gradients[a]), try #require(gradients[b]))
      #expect(da == dy.matrixProduct(b.value.transposed()))
      #expect(db == a.value.transposed().matrixProduct(dy))
    }
  }

  @Test("exp, log, sigmoid and tanh have errors of at most two units in the last place")
  func elementaryFunctions() {
    var stream = RandomStream(seed: 9, stream: 9)
    let x = (0..<20_000).map { _ in stream.uniform(in: -80..<80) }
    let small = (0..<20_000).map { _ in stream.uniform(in: -1..<1) }
    let positive = small.map { Float(Glibc.exp(Double($0) * 80)) }
    func check(_ actual: Tensor, _ inputs: [Float], _ exact: (Double) -> Double) -> Double {
      zip(actual.scalars, inputs).map { actual, input in
        let exact = exact(Double(input))
        return abs(Double(actual) - exact) / Double(Float(exact).ulp)
      }.max() ?? .infinity
    }
    #expect(check(Tensor(x).exp(), x, Glibc.exp) < 2)
    #expect(check(Tensor(small).exp(), small, Glibc.exp) < 2)
    #expect(check(Tensor(positive).log(), positive, Glibc.log) < 2)
    #expect(check(Tensor(x).sigmoid(), x) { 1 / (1 + Glibc.exp(-$0)) } < 3)
    #expect(check(Tensor(small).tanh(), small, Glibc.tanh) < 3)
    #expect(check(Tensor(x).tanh(), x, Glibc.tanh) < 3)
  }

  @Test("exp and log are correct for the smallest and largest numbers")
  func extremes() {
    let e = Tensor([-.infinity, -200, -103, 0, -0.0, 88.7, 89, .infinity, .nan]).exp().scalars
    #expect(e[0] == 0 && e[1] == 0 && e[2] > 0 && e[2] < .leastNormalMagnitude)
    #expect(e[3] == 1 && e[4] == 1 && e[5].isFinite && e[6] == .infinity && e[7] == .infinity)
    #expect(e[8].isNaN)
    let l = Tensor([0, -1, .infinity, .nan, 1, .leastNonzeroMagnitude]).log().scalars
    #expect(l[0] == -.infinity && l[1].isNaN && l[2] == .infinity && l[3].isNaN && l[4] == 0)
    #expect(abs(l[5] - -103.27893) < 1e-4)
  }

  @Test(
    "A sum has sixteen lanes that are added pairwise", arguments: [0, 1, 15, 16, 17, 100, 1000])
  func sum(count: Int) {
    let x = random([count], seed: 6)
    var lanes = [Float](repeating: 0, count: 16)
    for (index, value) in x.scalars.enumerated() { lanes[index % 16] += value }
    for width in [8, 4, 2, 1] {
      for lane in 0..<width { lanes[lane] += lanes[lane + width] }
    }
    #expect(x.sum().scalar == lanes[0])
  }

  @Test("Results are bit-identical for every number of threads")
  func threads() {
    let images = random([9, 12, 12, 3], seed: 7)
    let kernel = Variable(random([3, 3, 3, 8], seed: 8), name: "kernel")
    let dense = Variable(random([800, 70], seed: 9), name: "dense")
    // So large that the rows of a chunk depend on the number of threads.
    let rows = random([200, 700], seed: 10)
    let large = Variable(random([700, 190], seed: 11), name: "large")
    func compute() -> [Tensor?] {
      let (y, loss) = withGradientTape {
        let features = images.convolution(kernel.value).relu()  // [9, 10, 10, 8]
        let y = features.reshaped([9, 800]).matrixProduct(dense.value)
        let z = rows.matrixProduct(large.value)
        return (y, (y * y).mean() + (z * z).mean())
      }
      let gradients = loss.gradients()
      return [y, loss, gradients[kernel], gradients[dense], gradients[large]]
    }
    let before = Threads.count
    defer { Threads.count = before }
    Threads.count = 1
    let expected = compute()
    for count in [2, 3, 7] {
      Threads.count = count
      #expect(compute() == expected)
    }
  }

  @Test("Convolutions and poolings are bit-identical for every number of threads")
  func threadsOfWindows() throws {
    let images = Variable(random([9, 7, 6, 4], seed: 10), name: "images")
    let kernels = [[3, 2, 2, 6], [3, 2, 4, 2], [3, 2, 3, 4]].map { (shape: [Int]) in
      Variable(random(Shape(shape), seed: UInt64(shape[2])), name: "kernel")
    }
    func compute() -> [Tensor?] {
      let (outputs, loss) = withGradientTape {
        let x = images.value
        let stream = RandomStream(seed: 3, stream: 4)
        let outputs = [
          x.convolution(kernels[0].value, padding: .same, dilation: 2, groups: 2),
          x.depthwiseConvolution(kernels[1].value, relu: true, strides: 2, padding: .same),
          x.transposedConvolution(kernels[2].value, strides: 2),
          x.averagePooling(3, strides: 2, padding: .same), x.globalMaxPooling(),
          x.upSampled(2), x.upSampled(3, interpolation: .bilinear),
          x.zeroPadded(1).cropped(Margins(top: 2, right: 1)),
          x.spatialDropout(rate: 0.5, stream: stream),
          x.addingGaussianNoise(standardDeviation: 1, stream: stream),
        ]
        return (outputs, outputs.map { ($0 * $0).mean() }.reduce(Tensor(0), +))
      }
      let gradients = loss.gradients()
      return outputs + ([images] + kernels).map { gradients[$0] }
    }
    let before = Threads.count
    defer { Threads.count = before }
    Threads.count = 1
    let expected = compute()
    #expect(expected.allSatisfy { $0 != nil })
    for count in [2, 3] {
      Threads.count = count
      #expect(compute() == expected)
    }
  }

  private func random(_ shape: Shape, seed: UInt64) -> Tensor {
    var stream = RandomStream(seed: seed, stream: 0)
    return Tensor(
      (0..<shape.elementCount).map { _ in stream.uniform(in: -1..<1) }, shape: shape)
  }
}
