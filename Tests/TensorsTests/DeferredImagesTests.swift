import Tensors
import Testing

/// Images that are computed when they are needed, and operations that are computed together.
@Suite("Deferred images")
struct DeferredImagesTests {
  private static func random(_ shape: Shape, seed: UInt64) -> Tensor {
    var stream = RandomStream(seed: seed, stream: 0)
    return Tensor((0..<shape.elementCount).map { _ in stream.uniform(in: -1..<1) }, shape: shape)
  }

  private static func expectNotZero(_ tensors: [Tensor?]) {
    for tensor in tensors {
      let isNotZero = tensor?.scalars.contains { $0 != 0 }
      #expect(isNotZero == true)
    }
  }

  /// A network of all operations that can be deferred; `look` receives each result.
  private static func network(_ x: Tensor, _ look: (Tensor) -> Void) -> Tensor {
    func seen(_ tensor: Tensor) -> Tensor {
      look(tensor)
      return tensor
    }
    let columns = random([16], seed: 2)
    let ones = Tensor(repeating: 1, shape: [16])
    let start = seen(
      x.convolution(random([3, 3, 3, 16], seed: 3), bias: columns, relu: true, padding: .same))
    func normalized(_ y: Tensor) -> Tensor {
      seen(y.normalized(mean: columns, variance: ones, gamma: columns, beta: ones, epsilon: 0.1))
    }
    let once = seen(normalized(start).relu())
    let twice = seen(once.convolution(random([3, 3, 16, 16], seed: 4), padding: .same))
    let sum = seen(seen(normalized(twice) + start).relu())
    let wide = seen(
      sum.depthwiseConvolution(random([3, 3, 16, 1], seed: 5), strides: 2, padding: .same))
    let pooled = seen(seen(wide.relu()).maxPooling(2))
    return seen(pooled.averagePooling(2)) + seen(pooled.averagePooling(2))
  }

  @Test("They have the bits of results that are read one by one", arguments: [1, 5, 33])
  func chain(batch: Int) {
    let x = Self.random([batch, 13, 11, 3], seed: 1)
    var elements = 0
    let known = Self.network(x) { elements += $0.scalars.count }
    #expect(elements > 0)
    #expect(Self.network(x) { _ in } == known)
    // Results that the caller keeps.
    var kept: [Tensor] = []
    #expect(Self.network(x) { kept.append($0) } == known)
    Self.expectNotZero(kept)
  }

  @Test("Changing a copy in place leaves them as they are")
  func changes() {
    let x = Self.random([2, 6, 6, 3], seed: 1)
    let kernel = Self.random([3, 3, 3, 4], seed: 2)
    let y = x.convolution(kernel)
    var copy = y
    unsafe copy.withUnsafeMutablePointer { unsafe $0[0] = 100 }
    #expect(copy.scalars[0] == 100)
    #expect(y.scalars[0] < 100)
    #expect(y.scalars.dropFirst() == copy.scalars.dropFirst())
  }

  @Test(
    "Pixels that no window of a pooling reads are left out, and the others keep their bits",
    arguments: [1, 3, 20])
  func pixelsLeftOver(batch: Int) {
    let x = Self.random([batch, 13, 12, 16], seed: 1)
    let kernels = [
      Self.random([3, 3, 16, 32], seed: 2), Self.random([5, 2, 16, 3], seed: 3),
      Self.random([3, 3, 4, 8], seed: 4),
    ]
    for kernel in kernels {
      for strides: Size2D in [1, 2] {
        for padding in [Padding.valid, .same] {
          func features() -> Tensor {
            x.convolution(
              kernel, relu: true, strides: strides, padding: padding, groups: 16 / kernel.shape[2])
          }
          let read = features()
          Self.expectNotZero([read])
          for size: Size2D in [2, 3, Size2D(2, 4)] {
            let kept = features()
            #expect(kept.maxPooling(size) == read.maxPooling(size))
            #expect(kept == read)
            #expect(features().maxPooling(size) == read.maxPooling(size))
            #expect(features().averagePooling(size) == read.averagePooling(size))
            #expect(
              features().maxPooling(size, padding: .same) == read.maxPooling(size, padding: .same))
          }
        }
      }
    }
  }

  @Test("Pixels that are left over in another shape of the features are not left out of these")
  func pixelsLeftOverOfOtherShape() {
    let x = Self.random([3, 7, 7, 2], seed: 1)
    let kernel = Self.random([3, 3, 2, 4], seed: 2)
    let shapes: [(Shape, Size2D)] = [
      ([3, 1, 25, 4], Size2D(1, 2)), ([3, 25, 1, 4], Size2D(2, 1)), ([3, 5, 10, 2], 2),
      ([3, 10, 5, 2], 2), ([3, 5, 5, 4], 2),
    ]
    for (shape, size) in shapes {
      func features() -> Tensor { x.convolution(kernel, relu: true).reshaped(shape) }
      let read = features()
      Self.expectNotZero([read])
      #expect(features().maxPooling(size) == read.maxPooling(size), "\(shape)")
      #expect(features().averagePooling(size) == read.averagePooling(size), "\(shape)")
    }
  }

  /// A convolution with ReLU and a pooling of its result.
  struct Pooling: Sendable, CustomTestStringConvertible {
    var (batch, height, width, channels, filters): (Int, Int, Int, Int, Int)
    var size: Size2D = 2
    var strides: Size2D = 2
    var padding = Padding.valid

    var testDescription: String {
      "\(batch) × \(height) × \(width) × \(channels), \(filters) filters, "
        + "\(size.height) × \(size.width), \(padding)"
    }
  }

  @Test(
    "Pooling with the convolution has the bits of both one by one, and so have the gradients",
    arguments: [
      Pooling(batch: 5, height: 8, width: 10, channels: 3, filters: 4),
      Pooling(batch: 9, height: 11, width: 9, channels: 16, filters: 32),
      Pooling(batch: 2, height: 12, width: 13, channels: 2, filters: 37, size: 3, strides: 3),
      Pooling(batch: 3, height: 7, width: 9, channels: 2, filters: 17, padding: .same),
      Pooling(batch: 3, height: 6, width: 6, channels: 1, filters: 5, strides: 3, padding: .same),
      // These windows overlap, and are pooled alone.
      Pooling(batch: 2, height: 8, width: 8, channels: 1, filters: 16, size: 3),
    ])
  func pooling(test: Pooling) throws {
    let images = Variable(
      Self.random([test.batch, test.height, test.width, test.channels], seed: 1), name: "images")
    let kernel = Variable(
      Self.random([3, 3, test.channels, test.filters], seed: 2), name: "kernel")
    let bias = Variable(Self.random([test.filters], seed: 3), name: "bias")
    func compute(reads: Bool) -> [Tensor?] {
      let (pooled, loss) = withGradientTape {
        let y = images.value.convolution(kernel.value, bias: bias.value, relu: true)
        if reads { Self.expectNotZero([y]) }
        let pooled = y.maxPooling(test.size, strides: test.strides, padding: test.padding)
        return (pooled, (pooled * Self.random(pooled.shape, seed: 4)).sum())
      }
      let gradients = loss.gradients()
      return [pooled.withoutGradient] + [images, kernel, bias].map { gradients[$0] }
    }
    let together = compute(reads: false)
    #expect(together == compute(reads: true))
    Self.expectNotZero(together)
  }

  @Test("The gradient of a dense layer for each pixel is not taken for one of each image")
  func pixelwise() throws {
    let images = Self.random([3, 4, 5, 2], seed: 1)
    let kernel = Variable(Self.random([2, 2, 2, 4], seed: 2), name: "kernel")
    let bias = Variable(Self.random([4], seed: 3), name: "bias")
    func compute(reads: Bool) -> [Tensor?] {
      let loss = withGradientTape {
        let y = images.convolution(kernel.value, bias: bias.value)
        var pixels = y.reshaped([36, 4])
        // A product with 1 reads its gradient and does not change its bits.
        if reads { pixels = pixels * Tensor(1) }
        let logits = pixels.matrixProduct(Self.random([4, 3], seed: 4))
        return (logits * Self.random([36, 3], seed: 5)).sum()
      }
      let gradients = loss.gradients()
      return [gradients[kernel], gradients[bias]]
    }
    let gradients = compute(reads: false)
    #expect(gradients == compute(reads: true))
    Self.expectNotZero(gradients)
  }

  @Test("A chain of very many operations is computed without deep recursion")
  func longChain() {
    let images = Self.random([2, 2, 2, 1], seed: 1)
    var y = images
    // A window of one element returns the images.
    for _ in 0..<100_000 { y = y.maxPooling(1) }
    #expect(y == images)
  }

  @Test("A normalization that is computed again has the bits of one that is stored")
  func normalization() throws {
    let images = Variable(Self.random([5, 8, 8, 3], seed: 1), name: "images")
    let kernels = [[3, 3, 3, 16], [3, 3, 16, 1], [3, 3, 16, 16]].map { (shape: [Int]) in
      Variable(Self.random(Shape(shape), seed: UInt64(shape[2])), name: "kernel")
    }
    let gamma = Variable(Self.random([16], seed: 7), name: "gamma")
    func compute(reads: Bool) -> [Tensor?] {
      func read(_ y: Tensor) -> Tensor {
        if reads { Self.expectNotZero([y]) }
        return y
      }
      func normalized(_ y: Tensor) -> Tensor {
        read(y.batchNormalized(gamma: gamma.value, beta: gamma.value, epsilon: 0.1).output.relu())
      }
      let loss = withGradientTape {
        let first = normalized(
          read(images.value.convolution(kernels[0].value, padding: .same)))
        let second = normalized(
          read(first.depthwiseConvolution(kernels[1].value, padding: .same)))
        let third = read(second.convolution(kernels[2].value, padding: .same))
        let sum = read(read(normalized(third) + first).relu())
        return (sum.maxPooling(2) * Self.random([5, 4, 4, 16], seed: 8)).sum()
      }
      let gradients = loss.gradients()
      return ([images, gamma] + kernels).map { gradients[$0] } + [loss.withoutGradient]
    }
    let deferred = compute(reads: false)
    #expect(deferred == compute(reads: true))
    Self.expectNotZero(deferred)
  }

  @Test("Winograd's convolution agrees with the direct one within 2e-6 of the largest feature")
  func winograd() {
    // The second, third and fourth images have tiles of 4 × 4. The fifth kernel is so large that
    // only images of enough tiles use the algorithm.
    for (height, width, channels, filters) in [
      (4, 4, 16, 32), (13, 18, 32, 16), (9, 7, 64, 64), (18, 15, 64, 80), (11, 12, 160, 112),
      (6, 5, 272, 16),
    ] {
      let x = Self.random([2, height, width, channels], seed: 1)
      let kernel = Self.random([3, 3, channels, filters], seed: 2)
      let features = x.convolution(kernel, padding: .same).scalars
      let (image, weights) = (x.scalars.map(Double.init), kernel.scalars.map(Double.init))
      var (error, largest) = (0.0, 0.0)
      for (at, feature) in features.enumerated() {
        let (filter, pixel) = (at % filters, at / filters)
        let (column, row) = (pixel % width, pixel / width % height)
        var sum = 0.0
        for tap in 0..<9 {
          let (i, j) = (row + tap / 3 - 1, column + tap % 3 - 1)
          guard (0..<height).contains(i), (0..<width).contains(j) else { continue }
          let first = ((pixel / width / height * height + i) * width + j) * channels
          for channel in 0..<channels {
            sum += image[first + channel] * weights[(tap * channels + channel) * filters + filter]
          }
        }
        error = max(error, abs(sum - Double(feature)))
        largest = max(largest, abs(sum))
      }
      #expect(error < 2e-6 * largest)
    }
  }
  @Test("Winograd's gradient of a kernel agrees with the direct one within 2e-6 of the largest")
  func winogradKernelGradient() {
    // Images of 6, 63, 20 and 49 tiles; more and fewer than a chunk has.
    for (batch, height, width, channels, filters) in [
      (3, 4, 5, 16, 32), (2, 13, 18, 32, 16), (9, 9, 7, 64, 64), (5, 14, 14, 96, 112),
    ] {
      let x = Variable(Self.random([batch, height, width, channels], seed: 1), name: "x")
      let kernel = Variable(Self.random([3, 3, channels, filters], seed: 2), name: "kernel")
      let dy = Self.random([batch, height, width, filters], seed: 3)
      let loss = withGradientTape {
        (x.value.convolution(kernel.value, padding: .same) * dy).sum()
      }
      let gradient = (loss.gradients()[kernel]?.scalars ?? []).map { Double($0) }
      let (image, dz) = (x.value.scalars.map(Double.init), dy.scalars.map(Double.init))
      var expected = [Double](repeating: 0, count: 9 * channels * filters)
      for index in 0..<batch * height * width {
        let (column, row) = (index % width, index / width % height)
        for tap in 0..<9 {
          let (i, j) = (row + tap / 3 - 1, column + tap % 3 - 1)
          guard (0..<height).contains(i), (0..<width).contains(j) else { continue }
          let first = ((index / width / height * height + i) * width + j) * channels
          for channel in 0..<channels {
            let at = (tap * channels + channel) * filters
            for filter in 0..<filters {
              expected[at + filter] += image[first + channel] * dz[index * filters + filter]
            }
          }
        }
      }
      #expect(gradient.count == expected.count)
      let largest = expected.map(abs).max() ?? 0
      let error = zip(gradient, expected).map { abs($0 - $1) }.max() ?? .infinity
      #expect(error < 2e-6 * largest)
    }
  }
}
