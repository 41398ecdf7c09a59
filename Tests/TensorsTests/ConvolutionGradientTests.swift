import Tensors
import Testing
import Threads

/// The gradients of a convolution over many pixels, which are computed in bands.
@Suite("Gradients of convolutions")
struct ConvolutionGradientTests {
  /// A convolution followed by a dense layer.
  struct Case: Sendable, CustomTestStringConvertible {
    var (batch, height, width, channels, filters): (Int, Int, Int, Int, Int)
    var groups = 1
    var padding = Padding.valid
    var relu = true
    var hasBias = true

    var testDescription: String {
      "\(batch) × \(height) × \(width) × \(channels), \(filters) filters, \(groups) groups, "
        + "\(padding), "
        + "relu \(relu), bias \(hasBias)"
    }
  }

  static let cases = [
    Case(batch: 1, height: 18, width: 19, channels: 1, filters: 3),
    Case(batch: 3, height: 18, width: 18, channels: 1, filters: 32),
    Case(batch: 50, height: 18, width: 19, channels: 1, filters: 5),
    Case(batch: 97, height: 18, width: 18, channels: 1, filters: 2, relu: false),
    Case(batch: 2, height: 17, width: 16, channels: 2, filters: 4, groups: 2, padding: .same),
    Case(batch: 5, height: 18, width: 20, channels: 3, filters: 4, hasBias: false),
    Case(batch: 5, height: 18, width: 20, channels: 2, filters: 4, relu: false, hasBias: false),
    // More pixels than 64 bands of 32.
    Case(batch: 2, height: 43, width: 52, channels: 1, filters: 1),
    // Features by Winograd's algorithm; the kernel's gradient directly in bands, then by Winograd's
    // algorithm over whole images.
    Case(batch: 2, height: 17, width: 18, channels: 16, filters: 16, padding: .same),
    Case(batch: 9, height: 12, width: 13, channels: 16, filters: 32, padding: .same),
    // Too few pixels for bands.
    Case(batch: 9, height: 6, width: 7, channels: 2, filters: 3),
  ]
  private static let units = 7

  private static func random(_ shape: Shape, seed: UInt64) -> Tensor {
    var stream = RandomStream(seed: seed, stream: 0)
    return Tensor((0..<shape.elementCount).map { _ in stream.uniform(in: -1..<1) }, shape: shape)
  }

  /// The gradients of kernel and bias; the features and their gradient in double precision.
  private static func gradients(
    _ test: Case, readsGradient: Bool = false, withImageGradient: Bool = false
  ) throws -> (kernel: Tensor, bias: Tensor?, features: Tensor, dFeatures: [Double]) {
    let images = random([test.batch, test.height, test.width, test.channels], seed: 1)
    let kernel = Variable(
      random([3, 3, test.channels / test.groups, test.filters], seed: 2), name: "kernel")
    let bias = test.hasBias ? Variable(random([test.filters], seed: 3), name: "bias") : nil
    let x = Variable(images, name: "images")
    var features = Tensor(0)
    var (w, r) = (Tensor(0), Tensor(0))
    let loss = withGradientTape {
      let y = (withImageGradient ? x.value : images).convolution(
        kernel.value, bias: bias?.value, relu: test.relu, padding: test.padding,
        groups: test.groups)
      features = y.withoutGradient
      let count = y.shape.elementCount / test.batch
      w = random([count, units], seed: 4)
      r = random([test.batch, units], seed: 5)
      var flat = y.reshaped([test.batch, count])
      // A product with 1 reads its gradient and does not change its bits.
      if readsGradient { flat = flat * Tensor(1) }
      return (flat.matrixProduct(w) * r).sum()
    }
    let gradients = loss.gradients()
    let (wide, short) = (w.scalars.map(Double.init), r.scalars.map(Double.init))
    let count = w.shape[0]
    let dFeatures = (0..<test.batch * count).map { at in
      (0..<units).reduce(0.0) {
        $0 + short[at / count * units + $1] * wide[at % count * units + $1]
      }
    }
    return (try #require(gradients[kernel]), bias.flatMap { gradients[$0] }, features, dFeatures)
  }

  @Test("The gradients of kernel and bias are sums over all pixels", arguments: cases)
  func sums(test: Case) throws {
    let (dKernel, dBias, features, dFeatures) = try Self.gradients(test)
    let images = Self.random([test.batch, test.height, test.width, test.channels], seed: 1).scalars
    let (rows, columns) = (features.shape[1], features.shape[2])
    let border = test.padding == .same ? 1 : 0
    let (inGroup, outGroup) = (test.channels / test.groups, test.filters / test.groups)
    var kernelSums = [Double](repeating: 0, count: dKernel.count)
    var biasSums = [Double](repeating: 0, count: test.filters)
    for (at, y) in features.scalars.enumerated() where !test.relu || y > 0 {
      let filter = at % test.filters, pixel = at / test.filters
      let (image, row, column) = (pixel / (rows * columns), pixel / columns % rows, pixel % columns)
      biasSums[filter] += dFeatures[at]
      for tap in 0..<9 {
        let (i, j) = (row + tap / 3 - border, column + tap % 3 - border)
        guard (0..<test.height).contains(i), (0..<test.width).contains(j) else { continue }
        for channel in 0..<inGroup {
          let source =
            ((image * test.height + i) * test.width + j) * test.channels
            + filter / outGroup * inGroup + channel
          kernelSums[(tap * inGroup + channel) * test.filters + filter] +=
            dFeatures[at] * Double(images[source])
        }
      }
    }
    let rounding = 1e-6 * Double(test.batch * rows * columns).squareRoot()
    for (x, expected) in zip(dKernel.scalars, kernelSums) {
      #expect(abs(Double(x) - expected) <= rounding + 1e-5 * abs(expected))
    }
    #expect((dBias != nil) == test.hasBias)
    for (x, expected) in zip(dBias?.scalars ?? [], biasSums) {
      #expect(abs(Double(x) - expected) <= rounding + 1e-5 * abs(expected))
    }
  }

  @Test("They are bit-identical if the gradient of the features is read first", arguments: cases)
  func looking(test: Case) throws {
    let (unseen, seen) = try (
      Self.gradients(test), Self.gradients(test, readsGradient: true)
    )
    #expect(unseen.kernel == seen.kernel)
    #expect(unseen.bias == seen.bias)
  }

  @Test(
    "They differ only by rounding if the gradient of the images is computed too", arguments: cases)
  func images(test: Case) throws {
    let (alone, together) = try (
      Self.gradients(test), Self.gradients(test, withImageGradient: true)
    )
    for (a, b) in zip(alone.kernel.scalars, together.kernel.scalars) {
      #expect(abs(a - b) <= 1e-4 * max(1, abs(a)))
    }
  }

  @Test("They are bit-identical for every number of threads", arguments: cases)
  func threads(test: Case) throws {
    let before = Threads.count
    defer { Threads.count = before }
    let expected = try Self.gradients(test)
    for count in [1, 2, 3, 5] {
      Threads.count = count
      let result = try Self.gradients(test)
      #expect(result.kernel == expected.kernel && result.bias == expected.bias)
    }
  }
}
