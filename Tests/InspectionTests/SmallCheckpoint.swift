import Checkpoints
import JSON
import NeuralNetwork
import Tensors

/// The model of the test checkpoints, whose layers have different shapes.
private func makeModel() -> Sequential {
  let model = Sequential(
    [
      Conv2D(2, 3, activation: .relu, name: "conv1"), Flatten(name: "flatten"),
      Dense(4, activation: .relu, name: "d1"), Dense(3, name: "d2"),
    ], name: "small")
  model.build(inputShape: [6, 5, 1])
  // Every weight has a different value, which is the same in each model.
  var next: Float = 0
  for variable in model.variables {
    variable.value = Tensor(
      (0..<variable.shape.elementCount).map { _ in
        next += 0.125
        return next
      }, shape: variable.shape)
  }
  return model
}

/// Saves a run that was stopped in its third epoch.
///
/// - Parameters:
///   - path: The path of the file.
///   - stepInEpoch: The number of completed steps of the third epoch.
///   - change: Changes the model, its optimizer or the state.
/// - Throws: `CheckpointError` if it cannot be saved.
func saveRun(
  to path: String, stepInEpoch: Int = 431,
  change: (Sequential, Adam, inout TrainingState) -> Void = { _, _, _ in }
) throws {
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
  let (model, optimizer) = (makeModel(), Adam())
  optimizer.build(for: model.trainableVariables)
  optimizer.iterations = state.globalStep
  change(model, optimizer, &state)
  try Checkpoint(
    model: model, optimizer: optimizer,
    loss: SparseCategoricalCrossentropy(fromLogits: true), state: state
  ).save(to: path)
}

/// Saves weights without an optimizer and a training state.
///
/// - Parameter path: The path of the file.
/// - Throws: `CheckpointError` if they cannot be saved.
func saveWeights(to path: String) throws {
  try Checkpoint(model: makeModel()).save(to: path)
}

/// Saves a model without an optimizer and a training state.
///
/// - Parameters:
///   - model: The model.
///   - path: The path of the file.
/// - Throws: `CheckpointError` if it cannot be saved.
func save(_ model: Model, to path: String) throws {
  try Checkpoint(model: model).save(to: path)
}
