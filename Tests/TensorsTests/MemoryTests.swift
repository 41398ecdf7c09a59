import Tensors
import Testing

/// The memory of tensors, and when their elements are computed.
@Suite("Memory of tensors")
struct MemoryTests {
  @Test("A large unused block is reused by the next tensor of its size")
  func reuse() {
    // A size that no other test uses.
    let shape: Shape = [123_457]
    var first: Tensor? = Tensor(zeros: shape)
    let address = unsafe first?.withUnsafePointer { UInt(bitPattern: $0) }
    first = nil
    let second = Tensor(repeating: 1, shape: shape)
    unsafe #expect(second.withUnsafePointer { UInt(bitPattern: $0) } == address)
    #expect(second.scalars.allSatisfy { $0 == 1 })
  }

  @Test("Tensors of zeros are zero in new and in reused blocks", arguments: [7, 123_459, 600_011])
  func zeros(count: Int) {
    var tensor: Tensor? = Tensor(zeros: [count])
    #expect(tensor?.scalars.allSatisfy { $0 == 0 } == true)
    tensor = Tensor(repeating: 3, shape: [count])
    tensor = nil
    #expect(Tensor(zeros: [count]).scalars.allSatisfy { $0 == 0 })
  }

  @Test("Gradients can be computed twice if the recording is kept")
  func keepsRecording() {
    let x = Variable(Tensor([3, -1]), name: "x")
    let loss = withGradientTape { (x.value * x.value).sum() }
    #expect(loss.gradients(keepingRecording: true)[x]?.scalars == [6, -2])
    #expect(loss.gradients()[x]?.scalars == [6, -2])
  }

  @Test("Computing gradients twice without keeping the recording traps")
  func usedUp() async {
    await #expect(processExitsWith: .failure) {
      let x = Variable(Tensor([3, -1]), name: "x")
      let loss = withGradientTape { (x.value * x.value).sum() }
      _ = loss.gradients()
      _ = loss.gradients()
    }
  }

  @Test("A variable changes in place while a loss computed from it still exists")
  func inPlace() {
    let w = Variable(Tensor(repeating: 0.5, shape: [40, 30]), name: "w")
    let x = Tensor(repeating: 0.1, shape: [2, 40])
    let loss = withGradientTape { x.matrixProduct(w.value).sum() }
    let before = unsafe w.value.withUnsafePointer { UInt(bitPattern: $0) }
    let gradients = loss.gradients()
    unsafe w.withUnsafeMutablePointer { unsafe $0[0] = 7 }
    unsafe #expect(w.value.withUnsafePointer { UInt(bitPattern: $0) } == before)
    #expect(loss.scalar.isFinite && gradients[w] != nil)
  }

  @Test("A long sum adds chunks of 1,024 terms, for every number of threads")
  func chunksOfSum() {
    let (rows, inner, columns) = (3, 2500, 5)
    var stream = RandomStream(seed: 1, stream: 1)
    let a = Tensor(
      (0..<rows * inner).map { _ in stream.uniform(in: -1..<1) }, shape: [rows, inner])
    let b = Tensor(
      (0..<inner * columns).map { _ in stream.uniform(in: -1..<1) }, shape: [inner, columns])
    var expected = [Float](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        let sums = stride(from: 0, to: inner, by: 1024).map { start in
          (start..<min(start + 1024, inner)).reduce(Float(0)) { sum, index in
            sum.addingProduct(
              a.scalars[row * inner + index], b.scalars[index * columns + column])
          }
        }
        expected[row * columns + column] = sums.dropFirst().reduce(sums[0], +)
      }
    }
    #expect(a.matrixProduct(b).scalars == expected)
    let bias = Tensor([1, -100, 2, -100, 3])
    let shifted = zip(expected, (0..<rows).flatMap { _ in bias.scalars }).map { max($0 + $1, 0) }
    #expect(a.matrixProduct(b, bias: bias, relu: true).scalars == shifted)
  }
}
