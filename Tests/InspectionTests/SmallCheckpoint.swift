import Checkpoints
import NeuralNetwork
import Tensors

/// The model of the checkpoints that the tests look at: every layer has another shape.
private func makeModel() -> Sequential {
  let model = Sequential(
    [
      Conv2D(2, 3, activation: .relu, name: "conv1"), Flatten(name: "flatten"),
      Dense(4, activation: .relu, name: "d1"), Dense(3, name: "d2"),
    ], name: "small")
  model.build(inputShape: [6, 5, 1])
  return model
}

/// Saves a run of two epochs, stopped in the third.
///
/// - Parameters:
///   - path: Where to.
///   - stepInEpoch: How many steps of the third epoch are done.
/// - Throws: `CheckpointError` if it cannot be saved.
func saveRun(to path: String, stepInEpoch: Int = 431) throws {
  var state = TrainingState(
    seed: .max, dataDigest: "06b0d1f124c4e5f2b0a9",
    settings: ["batch_size": .integer(32), "optimizer": .string("adam")])
  state.epoch = 2
  state.stepInEpoch = stepInEpoch
  state.globalStep = 3750 + stepInEpoch
  state.history = [
    "loss": [0.1361, 0.04567], "accuracy": [0.9593, 0.98586], "test_loss": [0.0633, 0.05],
    "test_accuracy": [0.9793, 1],
  ]
  state.epochSeconds = [12.34, 11.9]
  state.dataPosition = .init(iteration: 2, elements: stepInEpoch)
  state.environment = ["cairn_version": "0.1.0", "threads": "2"]
  let optimizer = Adam()
  optimizer.iterations = state.globalStep
  try Checkpoint(
    model: makeModel(), optimizer: optimizer,
    loss: SparseCategoricalCrossentropy(fromLogits: true), state: state
  ).save(to: path)
}

/// Saves weights and nothing else.
///
/// - Parameter path: Where to.
/// - Throws: `CheckpointError` if they cannot be saved.
func saveWeights(to path: String) throws {
  try Checkpoint(model: makeModel()).save(to: path)
}
