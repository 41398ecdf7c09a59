import HDF5
import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Twenty steps from the same weights with the same batches as real Keras.
@Suite("Training like Keras")
struct KerasTrainingTests {
  static let runs = (try? Golden("training.h5").names(in: "runs")) ?? []

  @Test("There are runs of every optimizer and every loss")
  func fixtureIsComplete() {
    #expect(Self.runs.count == 19)
  }

  @Test("Losses, weights and slots agree with Keras after 20 steps", arguments: runs)
  func agrees(run: String) throws {
    let golden = try Golden("training.h5")
    let group = "runs/\(run)"
    let images = try golden.tensor("data/images")
    let labels = try golden.tensor("data/labels")
    let optimizer = try #require(makeOptimizer(try golden.json("optimizer", of: group)))
    let lossConfig = try golden.json("loss", of: group)
    let loss = try #require(makeLoss(lossConfig))
    let ending: [Layer] =
      try golden.string("output", of: group) == "softmax" ? [Activation(.softmax)] : []
    let model = Sequential(
      [
        Conv2D(3, 3, activation: .relu), MaxPooling2D(), Flatten(), Dense(8, activation: .relu),
        Dense(4),
      ] + ending)
    model.build(inputShape: [8, 8, 1])
    for (variable, value) in zip(model.variables, try golden.tensors(in: "initial")) {
      variable.value = value
    }

    var losses: [Float] = []
    for step in 0..<images.shape[0] {
      let x = images[rows: step..<step + 1].reshaped(Shape(images.shape.dropFirst()))
      var y = labels[rows: step..<step + 1].reshaped([x.shape[0]])
      if lossConfig["class_name"] == .string(CategoricalCrossentropy.className) {
        y = y.oneHot(depth: 4)
      }
      let value = withGradientTape { loss(y, model(x, training: true)) }
      optimizer.apply(value.gradients(), to: model.trainableVariables)
      losses.append(value.scalar)
    }

    let expectedLosses = try golden.tensor("\(group)/losses").scalars
    for (actual, expected) in zip(losses, expectedLosses) {
      #expect(abs(actual - expected) <= 2e-6 * abs(expected))
    }
    for (variable, expected) in zip(model.variables, try golden.tensors(in: "\(group)/weights")) {
      #expect(relativeDifference(variable.value.scalars, expected.scalars) <= 2e-6)
    }
    let state = try golden.tensors(in: "\(group)/optimizer")
    #expect(Float(optimizer.iterations) == state[0].scalar)
    #expect(optimizer.learningRate == state[1].scalar)
    #expect(optimizer.slotsInKerasOrder.count == state.count - 2)
    for (slot, expected) in zip(optimizer.slotsInKerasOrder, state.dropFirst(2)) {
      // Sums of gradients that nearly cancel: the fixture's README says how exact they are.
      #expect(relativeDifference(slot.value.scalars, expected.scalars) <= 2e-5)
    }
  }
}
