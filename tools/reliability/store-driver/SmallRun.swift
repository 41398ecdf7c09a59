import Checkpoints
import Glibc
import NeuralNetwork
import Tensors

/// A run of a small model whose weights are a function of the step, so that any mixture of two
/// checkpoints is seen.
final class SmallRun {
  /// The last step; 0 before the first.
  private(set) var step = 0

  private let model = makeModel()
  private let optimizer = SGD(learningRate: 0.01, momentum: 0.9)
  private let store: CheckpointStore
  private let lock: CheckpointLock

  /// Does what `train` does before it trains: checks the place, takes the lock, and goes on from
  /// the newest checkpoint.
  ///
  /// - Throws: ``CheckpointError`` as `train` does; ``WrongContent`` if a checkpoint is not what was saved.
  init(at path: String, keep: Int) throws {
    store = CheckpointStore(path: path, keep: keep)
    try store.check()
    lock = try CheckpointLock(for: path)
    optimizer.build(for: model.trainableVariables)
    if access(path, F_OK) == 0 {
      step = try Self.step(ofFile: path)
    }
  }

  /// Takes a step and saves it.
  func save() throws(CheckpointError) {
    step += 1
    for (variable, value) in zip(model.variables, Self.weights(of: model, at: step)) {
      variable.value = value
    }
    var state = TrainingState(seed: 1, dataDigest: "", settings: [:])
    state.globalStep = step
    try store.save(
      Checkpoint(
        model: model, optimizer: optimizer, loss: SparseCategoricalCrossentropy(), state: state))
  }

  /// The step of a checkpoint of this run, all of which is looked at.
  static func step(ofFile path: String) throws -> Int {
    let (model, optimizer) = (makeModel(), SGD(learningRate: 0.01, momentum: 0.9))
    let file = try CheckpointFile(opening: path)
    let step = try file.restore(model, optimizer).globalStep
    guard
      zip(model.variables, weights(of: model, at: step)).allSatisfy({ variable, expected in
        variable.value.scalars == expected.scalars
      })
    else { throw WrongContent(path: path, step: step) }
    return step
  }

  private static func makeModel() -> Sequential {
    // The input and the output that `predict` asks for.
    let model = Sequential([MaxPooling2D(7), Flatten(), Dense(10)])
    model.build(inputShape: [28, 28, 1])
    return model
  }

  private static func weights(of model: Model, at step: Int) -> [Tensor] {
    var noise = RandomStream(seed: UInt64(step), stream: 0)
    return model.variables.map { variable in
      let shape = variable.value.shape
      return Tensor(
        (0..<shape.elementCount).map { _ in noise.uniform(in: -1..<1) }, shape: shape)
    }
  }
}

/// A checkpoint that can be read, and does not hold what was saved at its step.
struct WrongContent: Error, CustomStringConvertible {
  let path: String
  let step: Int

  var description: String { "'\(path)' does not hold the weights of its step, \(step)" }
}
