import Tensors
import Testing

@Suite("Tensors")
struct TensorTests {
  @Test("Changing a copy does not change the original")
  func copies() {
    let a = Tensor([1, 2, 3])
    var b = a
    unsafe b.withUnsafeMutablePointer { unsafe $0[0] = 9 }
    #expect(a.scalars == [1, 2, 3])
    #expect(b.scalars == [9, 2, 3])
  }

  @Test("Equality is bitwise")
  func equality() {
    #expect(Tensor([Float.nan]) == Tensor([Float.nan]))
    #expect(Tensor([0.0]) != Tensor([-0.0]))
    #expect(Tensor(zeros: [2, 3]) != Tensor(zeros: [3, 2]))
  }

  @Test("newAxis inserts an axis at the given position")
  func newAxis() {
    let x = Tensor(zeros: [2, 3])
    #expect(x.newAxis().shape == [2, 3, 1])
    #expect(x.newAxis(at: 0).shape == [1, 2, 3])
    #expect(x.newAxis(at: -2).shape == [2, 1, 3])
  }

  @Test("Transposing agrees with numpy.transpose")
  func transpose() {
    // numpy: np.arange(6).reshape(1, 2, 3).transpose(2, 0, 1).ravel()
    let x = Tensor([0, 1, 2, 3, 4, 5], shape: [1, 2, 3])
    #expect(x.transposed([2, 0, 1]) == Tensor([0, 3, 1, 4, 2, 5], shape: [3, 1, 2]))
  }

  @Test("Shapes are broadcast by NumPy's rules")
  func broadcast() {
    let sum = Tensor([1, 2], shape: [2, 1]) + Tensor([10, 20, 30])
    #expect(sum == Tensor([11, 21, 31, 12, 22, 32], shape: [2, 3]))
    #expect((Tensor([1, 2]) * Tensor(3)).scalars == [3, 6])
  }

  @Test("Reductions reduce the given axes")
  func reductions() {
    let x = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(x.sum(axes: [0]) == Tensor([5, 7, 9]))
    #expect(x.sum(axes: [-1], keepDimensions: true) == Tensor([6, 15], shape: [2, 1]))
    #expect(x.mean().scalar == 3.5)
    #expect(x.max(axes: [0]).scalars == [4, 5, 6])
    #expect(x.argmax() == [2, 2])
    #expect(Tensor([3, 3, 1], shape: [1, 3]).argmax() == [0])
    #expect(Tensor([1, .nan, 2]).max().scalar.isNaN)
  }

  @Test("Rows are sliced, gathered and stacked")
  func rows() {
    let x = Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2])
    #expect(x[rows: 1..<3] == Tensor([3, 4, 5, 6], shape: [2, 2]))
    #expect(x.gathering([2, 0]) == Tensor([5, 6, 1, 2], shape: [2, 2]))
    #expect(Tensor(stacking: [Tensor([1, 2]), Tensor([3, 4])]).shape == [2, 2])
  }

  @Test("Softmax rows sum to 1, and large logits do not overflow")
  func softmax() {
    let y = Tensor([1000, 1001, 1002, -1000, 0, 1000], shape: [2, 3]).softmax()
    #expect(abs(y.scalars[2] - 0.66524096) < 1e-6)
    #expect(y.scalars[5] == 1)
  }

  @Test("Dropout drops about the given fraction and keeps the mean")
  func dropout() {
    let y = Tensor(repeating: 1, shape: [10_000])
      .dropout(rate: 0.25, stream: RandomStream(seed: 5, stream: 0)).scalars
    let dropped = y.count { $0 == 0 }
    #expect(abs(dropped - 2500) < 220)
    #expect(y.allSatisfy { $0 == 0 || $0 == 1 / (1 - 0.25) })
  }

  @Test("Wrong shapes trap with a message")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor(zeros: [2, 3]).matrixProduct(Tensor(zeros: [2, 3]))
    }
    await #expect(processExitsWith: .failure) {
      _ = Tensor(zeros: [2, 3]) + Tensor(zeros: [4])
    }
  }

  @Test("The first non-finite element is found at any position")
  func firstNonFinite() {
    var elements = (0..<300_000).map(Float.init)
    #expect(Tensor(elements).firstNonFinite() == nil)
    for index in [299_999, 262_144, 262_143, 131_072, 17, 0] {
      elements[index] = index % 2 == 0 ? .nan : -.infinity
      #expect(Tensor(elements).firstNonFinite() == index)
    }
    #expect(Tensor([] as [Float]).firstNonFinite() == nil)
  }
}
