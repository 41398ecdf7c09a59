import Tensors
import TestSupport
import Testing

/// Expected values are from NumPy in float32.
@Suite("Operations")
struct OperationTests {
  private let x: Tensor = [-2, -0.5, 0, 0.3, 1, 2.5]

  @Test("Magnitudes and signs")
  func magnitudes() {
    #expect(x.abs() == [2, 0.5, 0, 0.3, 1, 2.5])
    #expect(x.sign() == [-1, -1, 0, 1, 1, 1])
    #expect(Tensor([-0.0]).abs().scalars[0].sign == .plus)
    #expect(x.square().scalars == x.scalars.map { $0 * $0 })
    #expect(Tensor([Float.nan]).sign().scalar.isNaN)
  }

  @Test("Square roots are correctly rounded")
  func roots() {
    let x: [Float] = [0, 0.3, 2, .leastNormalMagnitude / 4, 3e38, .infinity]
    #expect(Tensor(x).sqrt().scalars == x.map { $0.squareRoot() })
    #expect(Tensor([-1]).sqrt().scalar.isNaN)
  }

  @Test("Powers agree with NumPy, also for special values")
  func powers() {
    // np.power(np.float32([0.3, 1, 2.5, 10]), np.float32(2.5))
    #expect(
      relativeDifference(
        Tensor([0.3, 1, 2.5, 10]).pow(2.5).scalars, [0.049295034, 1, 9.882117, 316.22775]) < 2e-7)
    // np.power(np.float32([0.3, 1.7, 2.5, -3]), np.float32([-1.5, 0.3, 0, 3]))
    let y: Tensor = [-1.5, 0.3, 0, 3]
    #expect(
      relativeDifference(
        Tensor([0.3, 1.7, 2.5, -3]).pow(y).scalars, [6.085806, 1.1725589, 1, -27]) < 2e-7)
    let infinity = Float.infinity
    let special: [(Float, Float, Float)] = [
      (0, 2, 0), (0, -1, infinity), (-0.0, -1, -infinity), (-0.0, -2, infinity),
      (infinity, 2, infinity), (infinity, -1, 0), (2, infinity, infinity), (2, -infinity, 0),
      (0.5, infinity, 0), (-1, infinity, 1), (-infinity, 3, -infinity), (-infinity, 2, infinity),
      (-2, -3, -0.125), (5, 0, 1), (.nan, 0, 1), (1, .nan, 1),
    ]
    for (base, exponent, power) in special {
      #expect(Tensor([base]).pow(exponent).scalar == power, "\(base) ^ \(exponent)")
    }
    #expect(Tensor([-2]).pow(0.5).scalar.isNaN && Tensor([0]).pow(.nan).scalar.isNaN)
  }

  @Test("Products without columns, and convolutions of images without channels, are computed")
  func emptyExtents() {
    #expect(Tensor(zeros: [2, 2000]).matrixProduct(Tensor(zeros: [2000, 0])).shape == [2, 0])
    let features = Tensor(zeros: [1, 4, 4, 0]).convolution(Tensor(zeros: [3, 3, 0, 2]))
    #expect(features == Tensor(zeros: [1, 2, 2, 2]))
  }

  @Test("Comparisons give 1 and 0, with broadcasting; NaN is not equal to anything")
  func comparisons() {
    let a: Tensor = [[1, 2, 3], [3, 2, 1]]
    #expect((a .< [2, 2, 2]) == [[1, 0, 0], [0, 0, 1]])
    #expect((a .<= 2) == [[1, 1, 0], [0, 1, 1]])
    #expect((a .> [[1], [2]]) == [[0, 1, 1], [1, 0, 0]])
    #expect((a .>= 2) == [[0, 1, 1], [1, 1, 0]])
    #expect((a .== 2) == [[0, 1, 0], [0, 1, 0]])
    #expect((a .!= 2) == [[1, 0, 1], [1, 0, 1]])
    let nan = Tensor([Float.nan])
    #expect((nan .== nan) == [0] && (nan .!= nan) == [1] && (nan .<= nan) == [0])
    #expect((Tensor([0]) .== Tensor([-0.0])) == [1])
  }

  @Test("`where` selects elements; those not selected have no influence")
  func selection() {
    let x: Tensor = [-1, 0, 4]
    #expect(Tensor.where(x .> 0, x.sqrt(), Tensor(0)) == [0, 0, 2])
    let variable = Variable(x, name: "x")
    let loss = withGradientTape {
      Tensor.where(variable.value .> 0, variable.value.square(), variable.value * 3).sum()
    }
    #expect(loss.gradients()[variable] == [3, 3, 8])
  }

  @Test("Elementwise minimum and maximum of two tensors")
  func extrema() {
    #expect(Tensor.minimum([1, 5], [3, 2]) == [1, 2])
    #expect(Tensor.maximum([1, 5], Tensor(3)) == [3, 5])
  }

  @Test("Literals can be nested to any depth")
  func literals() {
    let matrix: Tensor = [[1, 2, 3], [4, 5, 6]]
    #expect(matrix.shape == [2, 3] && matrix.scalars == [1, 2, 3, 4, 5, 6])
    let cube: Tensor = [[[1.5], [2]]]
    #expect(cube.shape == [1, 2, 1])
    let empty: Tensor = []
    #expect(empty.shape == [0])
    let number: Float = 2
    #expect(Tensor([1, number]).scalars == [1, 2])
  }

  @Test("Elements are read and set by index; other tensors do not change")
  func elements() {
    var matrix: Tensor = [[1, 2, 3], [4, 5, 6]]
    let copy = matrix
    #expect(matrix[1, 2] == 6 && matrix[-1, -3] == 4 && Tensor(7)[] == 7)
    matrix[0, 1] = 9
    matrix[1, 0] += 1
    #expect(matrix == [[1, 9, 3], [5, 5, 6]])
    #expect(copy == [[1, 2, 3], [4, 5, 6]])
  }

  @Test(
    "Parts of tensors that several threads copy are those of their elements, along each axis",
    arguments: [0, 1, 2])
  func slices(axis: Int) {
    let shape = Shape([61, 43, 97])
    let x = Tensor((0..<shape.elementCount).map(Float.init), shape: shape)
    let ranges = [0..<20, 20..<21, 21..<shape[axis]]
    let parts = ranges.map { x.slice($0, axis: axis) }
    for (range, part) in zip(ranges, parts) {
      #expect(part.shape[axis] == range.count)
      var found = part.scalars[...]
      for i in 0..<part.shape[0] {
        for j in 0..<part.shape[1] {
          for k in 0..<part.shape[2] {
            var place = [i, j, k]
            place[axis] += range.lowerBound
            guard found.popFirst() == x[place[0], place[1], place[2]] else {
              Issue.record("The element \(i), \(j), \(k) of \(range) is another one.")
              return
            }
          }
        }
      }
    }
    #expect(Tensor(concatenating: parts, axis: axis) == x)
    #expect(x.slice(0..<shape[axis], axis: axis) == x)
  }

  @Test("A slice of all rows is a copy with the same gradient, without logits and mask")
  func wholeSlices() {
    let logits: Tensor = [[1, 2], [3, 5]]
    let probabilities = logits.softmax()
    #expect(probabilities.activationLogits != nil)
    let whole = probabilities[rows: 0..<2]
    #expect(whole == probabilities && whole.activationLogits == nil)
    #expect(logits.withMask([1, 0])[rows: 0..<2].mask == nil)
    var changed = logits[rows: 0..<2]
    changed[0, 0] = 9
    #expect(logits[0, 0] == 1)
    let v = Variable([1, 2, 3], name: "v")
    let gradients = withGradientTape { (v.value[rows: 0..<3] * v.value).sum() }.gradients()
    #expect(gradients[v]?.scalars == [2, 4, 6])
  }

  @Test("Invalid indices and ragged rows trap")
  func mistakes() async {
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [2, 3])[0, 3] }
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [2, 3])[0] }
    await #expect(processExitsWith: .failure) {
      let tensor: Tensor = [[1, 2], [3]]
      _ = tensor
    }
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let x = Variable([1, 2], name: "x")
      let y = withGradientTape {
        withCustomGradient(of: [x.value]) { inputs in
          (inputs[0] * 2, { gradient in [gradient.sum()] })
        }
      }
      _ = y.sum().gradients()
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("A custom pullback must return one gradient of the shape of each input"))
    #expect(text.contains("[[2]], but returned [[]]."))
  }

  @Test("A tensor changed in place no longer refers to its logits")
  func staleLogits() {
    for activation in [{ (x: Tensor) in x.softmax() }, { $0.sigmoid() }] {
      var y = activation([[1, 2, 3]])
      #expect(y.activationLogits != nil)
      let copy = y
      y[0, 0] = 0.5
      #expect(y.activationLogits == nil && copy.activationLogits != nil)
      // Also as the only owner of its elements.
      var alone = activation([[1, 2, 3]])
      unsafe alone.withUnsafeMutablePointer { unsafe $0[0] = 0.5 }
      #expect(alone.activationLogits == nil)
      let variable = Variable(activation([[1, 2, 3]]), name: "p")
      unsafe variable.withUnsafeMutablePointer { unsafe $0[0] = 0.5 }
      #expect(variable.value.activationLogits == nil)
    }
  }

  @Test("A gradient that is a deferred product can be changed in place")
  func changedProduct() {
    let kernel = Variable(Tensor(repeating: 0.5, shape: [3, 2]), name: "kernel")
    let loss = withGradientTape {
      Tensor(repeating: 1, shape: [4, 3]).matrixProduct(kernel.value).sum()
    }
    var gradient = loss.gradients()[kernel] ?? Tensor(0)
    let before = gradient
    gradient[0, 0] = 7
    #expect(before[0, 0] == 4 && gradient[0, 0] == 7 && gradient[2, 1] == 4)
  }
}
