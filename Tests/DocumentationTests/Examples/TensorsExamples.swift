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

  @Test func literal() {
    let x: Tensor = [[1, 2, 3], [4, 5, 6]]  // [2, 3]
    #expect(x.shape == [2, 3])
  }

  @Test func elements() {
    var identity = Tensor(zeros: [2, 2])
    (identity[0, 0], identity[1, 1]) = (1, 1)
    #expect(identity == [[1, 0], [0, 1]])
  }

  @Test func power() {
    let x: Tensor = [1, 7, 5, 5]
    let rootMeanSquare = x.square().mean().pow(0.5)
    #expect(rootMeanSquare.scalars == [5])
  }

  @Test func comparison() {
    let predictions: Tensor = [0.25, 0.5, 0.75, 1]
    let share = (predictions .< 0.5).mean()  // of the predictions below 0.5
    #expect(share.scalars == [0.25])
  }

  @Test func selection() {
    let x: Tensor = [-1, 0, 1]
    let logarithm = Tensor.where(x .> 0, x, Tensor(1)).log()  // 0 where x is not positive
    #expect(logarithm == [0, 0, 0])
  }

  @Test func customGradient() throws {
    func binarized(_ x: Tensor) -> Tensor {
      // The gradient of the identity, in place of that of a step, which is 0.
      withCustomGradient(of: [x]) { inputs in (inputs[0].sign(), { gradient in [gradient] }) }
    }
    let x = Variable([0.5, -2], name: "x")
    let y = withGradientTape { binarized(x.value).sum() }
    #expect(y.scalars == [0])
    #expect(try #require(y.gradients()[x]) == [1, 1])
  }

  @Test func gradientTape() {
    let model = Sequential([Dense(3)])
    let crossEntropy = SparseCategoricalCrossentropy(fromLogits: true)
    let optimizer = SGD(learningRate: 0.1)
    let (images, labels): (Tensor, Tensor) = ([[1, 2], [3, 4]], [0, 2])
    let before = crossEntropy(labels, model(images))

    let loss = withGradientTape { crossEntropy(labels, model(images, training: true)) }
    optimizer.apply(loss.gradients(), to: model.trainableVariables)
    #expect(crossEntropy(labels, model(images)).scalars[0] < before.scalars[0])
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
