import Cairn
import Testing

/// The examples in the comments of the module Tensors.
@Suite("Examples of tensors")
struct TensorsExamples {
  @Test func tensor() {
    let x: Tensor = [[1, 2, 3], [4, 5, 6]]  // [2, 3]
    let columns = x.mean(axes: [0])  // [2.5, 3.5, 4.5]
    let centered = x - columns  // broadcast to [2, 3]
    let element = centered[1, 0]  // 1.5
    #expect(columns == [2.5, 3.5, 4.5])
    #expect(centered.shape == [2, 3])
    #expect(element == 1.5)
  }

  @Test func shape() {
    let shape: Shape = [32, 28, 28, 1]  // [batch, height, width, channels]
    let pixels = Shape(shape.dropFirst()).elementCount  // 784
    #expect(pixels == 784)
  }

  @Test func variable() {
    let weight = Variable([1, 2], name: "weight")
    let loss = withGradientTape { (weight.value * weight.value).sum() }
    weight.value = weight.value - 0.1 * loss.gradients()[weight]!  // [0.8, 1.6]
    #expect(weight.value == [0.8, 1.6])
  }

  @Test func gradients() throws {
    let x = Variable([3], name: "x")
    let y = withGradientTape { x.value.square().sum() }
    let slope = y.gradients()[x]  // [6], because d(x²)/dx = 2x
    #expect(try #require(slope) == [6])
  }

  @Test func randomStream() {
    var stream = RandomStream(seed: 42, stream: 1)
    let noise = stream.uniform(in: -1..<1, count: 4)  // the same four numbers in every run
    #expect(noise.count == 4 && noise.allSatisfy { abs($0) <= 1 })
    var same = RandomStream(seed: 42, stream: 1)
    #expect(same.uniform(in: -1..<1, count: 4) == noise)
  }
}
