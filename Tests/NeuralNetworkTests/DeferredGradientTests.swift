import JSON
import NeuralNetwork
import Tensors
import Testing
import Threads

/// A gradient that is consumed as it is computed changes a variable like one that was looked at.
@Suite("Deferred gradients")
struct DeferredGradientTests {
  /// The configurations of every class, and of some with the options that all have.
  private static let optimizers =
    optimizerConfigs() + optimizerConfigs(["learning_rate": .number(0.1 as Double)])
    + [
      Adam(weightDecay: 0.1, useEMA: true, emaMomentum: 0.9, emaOverwriteFrequency: 2),
      SGD(clipvalue: 0.1), SGD(clipnorm: 0.5),
      Nadam(globalClipnorm: 0.5, gradientAccumulationSteps: 2),
    ].map(serialized)

  @Test(
    "Each optimizer takes the same step, to the bit, whether the gradient is looked at or not",
    arguments: [(1, 1, 1), (3, 7, 5), (32, 300, 17), (2, 65, 128), (40, 33, 3000), (200, 9, 10)])
  func sameStep(batch: Int, inputs: Int, units: Int) throws {
    var stream = RandomStream(seed: 5, stream: 0)
    func random(_ shape: Shape) -> Tensor {
      Tensor((0..<shape.elementCount).map { _ in stream.uniform(in: -1..<1) }, shape: shape)
    }
    let (x, dy, start) = (
      random([batch, inputs]), random([batch, units]), random([inputs, units])
    )
    for config in Self.optimizers {
      let results = try [false, true].map { looks in
        let (w, input) = (Variable(start, name: "w"), Variable(x, name: "x"))
        let optimizer = try Optimizer.make(kerasConfig: config)
        for _ in 0..<3 {
          let loss = withGradientTape { (input.value.matrixProduct(w.value) * dy).sum() }
          let gradients = loss.gradients()
          if looks {
            for variable in [w, input] {
              let gradient = try #require(gradients[variable])
              #expect(gradient.scalars.count == variable.shape.elementCount)
            }
          }
          // The gradient of the input is computed with the w of before the step.
          optimizer.apply(gradients, to: [w, input])
        }
        return ([w, input] + optimizer.slotsInKerasOrder).map(\.value)
      }
      #expect(results[0] == results[1], "\(config.text)")
    }
  }

  @Test("Predictions for batches are those of one batch after another, in order")
  func predictions() {
    let model = Sequential([Dense(20, activation: .relu), Dense(3)])
    model.seed = 4
    var stream = RandomStream(seed: 6, stream: 0)
    let batches = (0..<7).map { index in
      (
        Tensor(
          (0..<(index + 1) * 10).map { _ in stream.uniform(in: -1..<1) }, shape: [index + 1, 10]),
        Tensor([Float(index)])
      )
    }
    let expected = batches.map { model($0.0) }
    let before = Threads.count
    defer { Threads.count = before }
    for count in [1, 2, 3, 16] {
      Threads.count = count
      var (outputs, seen): ([Tensor], [Float]) = ([], [])
      model.forEachPrediction(batches) { _, y, predictions in
        outputs.append(predictions)
        seen.append(y.scalar)
        return true
      }
      #expect(outputs == expected && seen == [0, 1, 2, 3, 4, 5, 6])
      seen = []
      model.forEachPrediction(batches) { _, y, _ in
        seen.append(y.scalar)
        return y.scalar < 2
      }
      #expect(seen == [0, 1, 2])
    }
  }
}
