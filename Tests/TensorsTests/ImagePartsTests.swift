import Tensors
import Testing
import Threads

/// Images that are so large that all threads compute parts of one image.
@Suite("Parts of an image")
struct ImagePartsTests {
  private static func random(_ shape: Shape, seed: UInt64) -> Tensor {
    var stream = RandomStream(seed: seed, stream: 0)
    return Tensor((0..<shape.elementCount).map { _ in stream.uniform(in: -1..<1) }, shape: shape)
  }

  /// An operation on images with windows that stay inside them.
  struct Operation: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let image: Shape
    /// The rows of the window and its stride, and the rows of the output that are computed at once
    /// for comparison: so few that they are one part.
    let (window, stride, rows): (Int, Int, Int)
    let apply: @Sendable (Tensor) -> Tensor

    init(
      _ name: String, _ image: Shape, window: Int, stride: Int = 1, rows: Int = 1,
      _ apply: @escaping @Sendable (Tensor) -> Tensor
    ) {
      (testDescription, self.image, self.window) = (name, image, window)
      (self.stride, self.rows, self.apply) = (stride, rows, apply)
    }
  }

  private static let operations = [
    Operation("convolution of 5 × 5", [1, 40, 37, 16], window: 5, stride: 2) {
      $0.convolution(random([5, 5, 16, 33], seed: 2), bias: random([33], seed: 3), strides: 2)
    },
    Operation("convolution of 1 × 1", [1, 9, 9, 320], window: 1) {
      $0.convolution(random([1, 1, 320, 500], seed: 2), relu: true)
    },
    Operation("grouped convolution", [1, 40, 40, 32], window: 3) {
      $0.convolution(random([3, 3, 16, 128], seed: 2), bias: random([128], seed: 3), groups: 2)
    },
    Operation("Winograd's convolution in bands", [1, 42, 42, 64], window: 3, rows: 4) {
      $0.convolution(random([3, 3, 64, 64], seed: 2), bias: random([64], seed: 3), relu: true)
    },
    Operation("Winograd's convolution in blocks of filters", [1, 14, 14, 128], window: 3, rows: 4) {
      $0.convolution(random([3, 3, 128, 128], seed: 2), bias: random([128], seed: 3))
    },
    Operation("depthwise convolution", [1, 61, 60, 40], window: 3, stride: 2) {
      $0.depthwiseConvolution(random([3, 3, 40, 1], seed: 2), strides: 2)
    },
    Operation("depthwise convolution with a multiplier", [1, 60, 60, 12], window: 3) {
      $0.depthwiseConvolution(
        random([3, 3, 12, 2], seed: 2), bias: random([24], seed: 3), relu: true)
    },
    Operation("max pooling", [1, 101, 99, 20], window: 3, stride: 2) {
      $0.maxPooling(3, strides: 2)
    },
    Operation("average pooling", [1, 100, 99, 20], window: 2, stride: 2) {
      $0.averagePooling(2)
    },
    Operation("normalization, addition and ReLU", [1, 90, 80, 20], window: 1) {
      let start = $0.maxPooling(1)
      let columns = random([20], seed: 2)
      let normalized = start.normalized(
        mean: columns, variance: Tensor(repeating: 1, shape: [20]), beta: columns, epsilon: 0.1)
      return (normalized + start).relu().maxPooling(1).relu()
    },
  ]

  @Test(
    "They have the bits of the rows one by one, with each number of threads",
    arguments: operations)
  func rows(operation: Operation) {
    let x = Self.random(operation.image, seed: 1)
    let before = Threads.count
    defer { Threads.count = before }
    for threads in 1...3 {
      Threads.count = threads
      let y = operation.apply(x)
      for row in stride(from: 0, to: y.shape[1], by: operation.rows) {
        let end = min(row + operation.rows, y.shape[1])
        let first = row * operation.stride
        let rows = first..<(end - 1) * operation.stride + operation.window
        #expect(operation.apply(x.slice(rows, axis: 1)) == y.slice(row..<end, axis: 1))
      }
      #expect(y.scalars.contains { $0 != 0 })
    }
  }

  @Test("A kernel that is changed in place, or has another shape, gives other features")
  func changedKernel() {
    let x = Self.random([1, 6, 6, 32], seed: 1)
    var kernel = Self.random([3, 3, 32, 16], seed: 2)
    let before = x.convolution(kernel).scalars
    do {
      let narrow = x.slice(0..<16, axis: 3)
      let turned = kernel.reshaped([3, 3, 16, 32])
      let copy = Tensor(kernel.scalars, shape: turned.shape)
      #expect(narrow.convolution(turned) == narrow.convolution(copy))
    }
    // Now nothing else refers to the elements, which are changed in place.
    #expect(x.convolution(kernel).scalars == before)
    unsafe kernel.withUnsafeMutablePointer { unsafe $0[0] += 1 }
    let after = x.convolution(kernel)
    #expect(after.scalars != before)
    #expect(after == x.convolution(Tensor(kernel.scalars, shape: kernel.shape)))
  }
}
