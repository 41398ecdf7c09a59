import Synchronization
import Tensors
import Testing

/// Compares the gradients of all operations with central differences.
@Suite("Gradients")
struct GradientTests {
  /// An operation of one or two tensors and the point at which to differentiate it.
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let shapes: [Shape]
    let range: Range<Float>
    let operation: @Sendable ([Tensor]) -> Tensor

    init(
      _ name: String, _ shapes: Shape..., in range: Range<Float> = -1..<1,
      _ operation: @escaping @Sendable ([Tensor]) -> Tensor
    ) {
      testDescription = name
      self.shapes = shapes
      self.range = range
      self.operation = operation
    }
  }

  static let cases: [Case] =
    [
      Case("+", [3, 4], [3, 4]) { $0[0] + $0[1] },
      Case("+ of a bias", [2, 3, 4], [4]) { $0[0] + $0[1] },
      Case("+ with broadcasting on both sides", [3, 1], [1, 4]) { $0[0] + $0[1] },
      Case("-", [3, 4], [3, 4]) { $0[0] - $0[1] },
      Case("- of a column", [3, 4], [3, 1]) { $0[0] - $0[1] },
      Case("*", [3, 4], [3, 4]) { $0[0] * $0[1] },
      Case("* with a scalar", [3, 4], []) { $0[0] * $0[1] },
      Case("/", [3, 4], [3, 4], in: 0.5..<2) { $0[0] / $0[1] },
      Case("/ by a row", [3, 4], [4], in: 0.5..<2) { $0[0] / $0[1] },
      Case("negation", [5]) { -$0[0] },
      Case("+ a number", [5]) { $0[0] + 2 },
      Case("- a number", [5]) { $0[0] - 2 },
      Case("a number -", [5]) { 2 - $0[0] },
      Case("* a number", [5]) { $0[0] * 3 },
      Case("/ a number", [5]) { $0[0] / 3 },
      Case("matrix product", [3, 5], [5, 4]) { $0[0].matrixProduct($0[1]) },
      Case("reshape", [3, 4]) { $0[0].reshaped([2, 6]) * $0[0].reshaped([2, 6]) },
      Case("newAxis", [3, 4]) { $0[0].newAxis() * $0[0].newAxis() },
      Case("transpose", [2, 3, 4]) { $0[0].transposed([2, 0, 1]) * $0[0].transposed([2, 0, 1]) },
      Case("rows", [5, 2]) { $0[0][rows: 1..<4] * $0[0][rows: 2..<5] },
      Case("broadcast", [3, 1]) { $0[0].broadcast(to: [2, 3, 4]) * $0[0] },
      Case("sum over all", [3, 4]) { $0[0].sum() * $0[0].sum() },
      Case("sum over an axis", [2, 3, 4]) { $0[0].sum(axes: [1]) * $0[0].sum(axes: [1]) },
      Case("sum over two axes", [2, 3, 4]) {
        $0[0].sum(axes: [0, -1], keepDimensions: true) * $0[0]
      },
      Case("mean", [2, 3, 4]) { $0[0].mean(axes: [0, 2]) * $0[0].mean(axes: [0, 2]) },
      Case("max over all", [3, 4]) { $0[0].max() * $0[0].max() },
      Case("max over two axes", [2, 3, 4]) {
        $0[0].max(axes: [0, -1]) * $0[0].sum(axes: [0, 2])
      },
      Case("gathering", [4, 3]) { $0[0].gathering([2, 0, 2, 2]) * $0[0] },
      // Positive and negative inputs, none at the kink.
      Case("relu", [20], in: 0.1..<1) { $0[0].relu() + (-$0[0]).relu() * 3 },
      Case("exp", [6]) { $0[0].exp() },
      Case("abs", [20], in: 0.1..<1) { $0[0].abs() + (-$0[0]).abs() * 3 },
      Case("square", [6]) { $0[0].square() },
      Case("sqrt", [6], in: 0.5..<2) { $0[0].sqrt() },
      Case("a number /", [6], in: 0.5..<2) { 2 / $0[0] },
      Case("pow of a number", [6], in: 0.5..<2) { $0[0].pow(2.5) },
      Case("pow of a negative element", [6], in: -2..<(-0.5)) { $0[0].pow(3) },
      Case("pow 0", [6]) { $0[0].pow(0) + $0[0] },
      Case("pow of a tensor", [3, 4], [4], in: 0.5..<2) { $0[0].pow($0[1]) },
      Case("pow of a column", [3, 1], [3, 4], in: 0.5..<2) { $0[0].pow($0[1]) },
      Case("where", [3, 4], [4]) { Tensor.where($0[0] .> 0.2, $0[0].exp(), $0[1] * 3) },
      Case("where with a row", [4], [3, 4]) {
        Tensor.where([[1], [0], [1]], $0[0] * 2, $0[1] * $0[1])
      },
      Case("an operation of one's own", [3, 4], [4]) {
        withCustomGradient(of: $0) { inputs in
          let (x, y) = (inputs[0], inputs[1])
          return (x.exp() * y, { [$0 * x.exp() * y, ($0 * x.exp()).sum(axes: [0])] })
        }
      },
      Case("log", [6], in: 0.5..<3) { $0[0].log() },
      Case("sigmoid", [6], in: -3..<3) { $0[0].sigmoid() },
      Case("tanh", [6], in: -2..<2) { $0[0].tanh() },
      Case("clip", [20]) { $0[0].clipped(to: -0.5...0.5) },
      Case("softmax", [3, 5]) { $0[0].softmax() },
      // The targets of a row sum to 1.3: the gradient must not assume 1.
      Case("softmax cross entropy", [3, 4]) {
        $0[0].softmaxCrossEntropy(targets: Tensor([1, 0, 3]).oneHot(depth: 4) * 0.9 + 0.1)
      },
      Case("convolution", [2, 5, 6, 2], [3, 2, 2, 3]) { $0[0].convolution($0[1]) },
      Case("strided convolution", [2, 6, 7, 2], [3, 3, 2, 2]) {
        $0[0].convolution($0[1], strides: Size2D(2, 3))
      },
      Case("padded convolution", [2, 5, 4, 1], [3, 2, 1, 2]) {
        $0[0].convolution($0[1], padding: .same)
      },
      Case("padded and strided convolution", [1, 6, 7, 2], [5, 3, 2, 2]) {
        $0[0].convolution($0[1], strides: 2, padding: .same)
      },
      Case("pointwise convolution", [5, 3, 4, 3], [1, 1, 3, 2]) { $0[0].convolution($0[1]) },
      Case("convolution of more images than a chunk has", [9, 4, 4, 1], [3, 3, 1, 2]) {
        $0[0].convolution($0[1])
      },
      Case("Winograd's convolution", [1, 4, 5, 16], [3, 3, 16, 16]) {
        $0[0].convolution($0[1], padding: .same)
      },
      Case("Winograd's convolution in tiles of 4 × 4", [1, 8, 8, 16], [3, 3, 16, 16]) {
        $0[0].convolution($0[1], padding: .same)
      },
      Case("Winograd's convolution of several chunks", [5, 4, 4, 16], [3, 3, 16, 16]) {
        $0[0].convolution($0[1], padding: .same)
      },
      Case("dilated convolution", [2, 7, 6, 2], [3, 2, 2, 3]) {
        $0[0].convolution($0[1], dilation: Size2D(2, 3))
      },
      Case("dilated and padded convolution", [1, 5, 4, 2], [3, 2, 2, 2]) {
        $0[0].convolution($0[1], padding: .same, dilation: Size2D(2, 3))
      },
      Case("grouped convolution", [5, 4, 5, 4], [3, 2, 2, 6], [6]) {
        $0[0].convolution($0[1], bias: $0[2], strides: Size2D(1, 2), padding: .same, groups: 2)
      },
      Case("depthwise convolution", [5, 4, 5, 3], [3, 2, 3, 1], [3]) {
        $0[0].depthwiseConvolution($0[1], bias: $0[2], strides: 2, padding: .same)
      },
      Case("dilated depthwise convolution with a multiplier", [2, 5, 6, 2], [2, 3, 2, 3]) {
        $0[0].depthwiseConvolution($0[1], dilation: 2)
      },
      Case("transposed convolution", [5, 3, 4, 2], [3, 2, 3, 2]) {
        $0[0].transposedConvolution($0[1])
      },
      Case("strided transposed convolution", [2, 3, 4, 2], [3, 2, 3, 2]) {
        $0[0].transposedConvolution($0[1], strides: Size2D(2, 3), padding: .same)
      },
      Case("dilated transposed convolution", [2, 3, 4, 2], [3, 2, 3, 2]) {
        $0[0].transposedConvolution($0[1], padding: .same, dilation: 2)
      },
      Case("transposed convolution with output padding", [2, 3, 4, 2], [3, 2, 3, 2]) {
        $0[0].transposedConvolution($0[1], strides: 3, outputPadding: (2, 0))
      },
      Case("average pooling", [2, 5, 7, 2]) { $0[0].averagePooling(2) },
      Case("padded average pooling", [2, 5, 7, 2]) {
        $0[0].averagePooling(3, strides: 2, padding: .same)
      },
      Case("global max pooling", [3, 4, 5, 2]) { $0[0].globalMaxPooling() },
      Case("up-sampling", [2, 3, 4, 2]) { $0[0].upSampled(Size2D(2, 3)) },
      Case("bilinear up-sampling", [2, 3, 4, 2]) {
        $0[0].upSampled(Size2D(2, 3), interpolation: .bilinear)
      },
      Case("resizing to more pixels", [2, 3, 4, 2]) { $0[0].resized(to: Size2D(5, 7)) },
      Case("resizing to fewer pixels", [2, 5, 4, 2]) { $0[0].resized(to: Size2D(3, 2)) },
      Case("resizing to the nearest pixel", [2, 3, 4, 2]) {
        $0[0].resized(to: Size2D(5, 3), interpolation: .nearest)
      },
      Case("padding with a value", [2, 3, 4, 2]) {
        $0[0].padded(Margins(top: 1, bottom: 2, left: 0, right: 3), with: 0.5)
      },
      Case("zero padding", [2, 3, 4, 2]) {
        $0[0].zeroPadded(Margins(top: 1, bottom: 2, left: 3, right: 0))
      },
      Case("cropping", [2, 5, 6, 2]) {
        $0[0].cropped(Margins(top: 1, bottom: 2, left: 0, right: 3))
      },
      Case("spatial dropout", [3, 2, 2, 5]) {
        $0[0].spatialDropout(rate: 0.4, stream: RandomStream(seed: 1, stream: 2))
      },
      Case("noise", [20]) {
        $0[0].addingGaussianNoise(
          standardDeviation: 0.5, stream: RandomStream(seed: 1, stream: 2))
      },
      Case("batch product", [3, 2, 4], [3, 4, 5]) { $0[0].batchMatrixProduct($0[1]) },
      Case("max pooling", [2, 4, 6, 2]) { $0[0].maxPooling(2) },
      Case("overlapping max pooling", [1, 5, 5, 2]) { $0[0].maxPooling(3, strides: 2) },
      Case("padded max pooling", [1, 5, 4, 2]) { $0[0].maxPooling(3, strides: 2, padding: .same) },
      Case("dropout", [50]) {
        $0[0].dropout(rate: 0.4, stream: RandomStream(seed: 1, stream: 2))
      },
    ] + affineTransforms

  private static let affineTransforms = Interpolation.allCases.flatMap { interpolation in
    FillMode.allCases.map { fillMode in
      Case("affine transform, \(interpolation), \(fillMode)", [2, 4, 5, 2]) {
        $0[0].transformed(
          by: [
            AffineTransform(a: [0.7, 0.4, -1.3], b: [-0.5, 1.6, 2.2]),
            AffineTransform(a: [1.3, -0.6, -4.1], b: [0.2, 0.9, -3.7]),
          ], interpolation: interpolation, fillMode: fillMode, fillValue: 0.5)
      }
    }
  }

  @Test("Gradients agree with central differences", arguments: cases)
  func centralDifferences(_ test: Case) throws {
    var stream = RandomStream(seed: 42, stream: 0)
    let variables = test.shapes.map { shape in
      Variable(
        Tensor((0..<shape.elementCount).map { _ in stream.uniform(in: test.range) }, shape: shape),
        name: "x")
    }
    let output = test.operation(variables.map(\.value))
    let cotangent = Tensor(
      (0..<output.count).map { _ in stream.uniform(in: -1..<1) }, shape: output.shape)
    func product() -> Tensor { (test.operation(variables.map(\.value)) * cotangent).sum() }
    let gradients = withGradientTape { product() }.gradients()

    let step: Float = 0x1p-7
    for variable in variables {
      let gradient = try #require(gradients[variable]).scalars
      #expect(gradient.count == variable.shape.elementCount)
      let original = variable.value
      let scale = gradient.map(abs).max() ?? 1
      for index in gradient.indices {
        func shifted(_ distance: Float) -> Float {
          var scalars = original.scalars
          scalars[index] += distance
          variable.value = Tensor(scalars, shape: variable.shape)
          defer { variable.value = original }
          return product().scalar
        }
        let difference = (shifted(step) - shifted(-step)) / (2 * step)
        #expect(abs(difference - gradient[index]) < 4e-3 * max(1, scale), "element \(index)")
      }
    }
  }

  @Test("The gradients of several uses of a variable are added")
  func accumulate() throws {
    let x = Variable(Tensor([2, 3]), name: "x")
    let gradients = withGradientTape { (x.value * x.value + x.value).sum() }.gradients()
    #expect(gradients[x]?.scalars == [5, 7])
  }

  @Test("A gradient is passed on after all uses of its variable, before earlier operations")
  func whenFinal() {
    let first = Variable([1, 2], name: "first")
    let shared = Variable([3, 4], name: "shared")
    let last = Variable([5, 6], name: "last")
    let unused = Variable([7, 8], name: "unused")
    let names = [first, shared, last, unused].reduce(into: [:]) {
      $0[ObjectIdentifier($1)] = $1.name
    }
    let events = Mutex<[String]>([])
    let loss = withGradientTape {
      let sum = withCustomGradient(of: [first.value + shared.value]) { inputs in
        let pullback: @Sendable (Tensor) -> [Tensor] = { gradient in
          events.withLock { $0.append("pullback") }
          return [gradient]
        }
        return (inputs[0], pullback)
      }
      return (sum * shared.value * last.value).sum()
    }
    var found: [String: [Float]] = [:]
    let all = loss.gradients { variable, gradient in
      let name = names[variable] ?? "?"
      events.withLock { $0.append(name) }
      found[name] = gradient.scalars
    }
    #expect(events.withLock { $0 } == ["last", "pullback", "shared", "first"])
    // (first + shared) · shared · last
    #expect(found["last"] == [12, 24])
    #expect(found["shared"] == [35, 60])
    #expect(found["first"] == [15, 24])
    #expect(all[shared]?.scalars == [35, 60])
    #expect(all[unused] == nil)
  }

  @Test("Equal maxima share the gradient equally, over all axes together, as in TensorFlow")
  func equalMaxima() throws {
    let x = Variable(Tensor([3, 1, 3, 3, 2, 2], shape: [2, 3]), name: "x")
    let all = withGradientTape { x.value.max() * 6 }.gradients()
    #expect(all[x]?.scalars == [2, 0, 2, 2, 0, 0])
    let rows = withGradientTape { (x.value.max(axes: [1]) * Tensor([4, 5])).sum() }.gradients()
    #expect(rows[x]?.scalars == [2, 0, 2, 5, 0, 0])
  }

  @Test("A variable that the scalar does not depend on has no gradient")
  func unconnected() {
    let (x, y) = (Variable(Tensor(1), name: "x"), Variable(Tensor(1), name: "y"))
    let gradients = withGradientTape { x.value * 2 }.gradients()
    #expect(gradients[x] != nil)
    #expect(gradients[y] == nil)
  }

  @Test("Nothing is recorded outside a tape or for frozen variables")
  func recording() {
    let x = Variable(Tensor(3), name: "x")
    #expect((x.value * 2).gradients()[x] == nil)
    x.isTrainable = false
    #expect(withGradientTape { x.value * 2 }.gradients()[x] == nil)
  }

  @Test("Gradients use the values at the time of recording")
  func values() {
    let x = Variable(Tensor([2, 3]), name: "x")
    let square = withGradientTape { (x.value * x.value).sum() }
    unsafe x.withUnsafeMutablePointer { unsafe $0[0] = 100 }
    #expect(square.gradients()[x]?.scalars == [4, 6])
    #expect(x.value.scalars == [100, 3])
  }
}
