import Checkpoints
import NeuralNetwork
import Tensors

/// A run of a small model whose weights are a function of the step, so that any mixture of two
/// checkpoints is seen.
final class SmallRun {
  /// The last step; 0 before the first.
  private(set) var step = 0

  private let model = makeModel()
  private let optimizer = SGD(learningRate: 0.01, momentum: 0.9)
  private let saver: CheckpointSaver
  private let lock: CheckpointLock

  /// Does what `train` does before it trains: takes the lock, cleans up, tries whether files can be
  /// saved, and goes on from the newest checkpoint.
  ///
  /// - Throws: ``CheckpointError`` as `train` does; ``NoneGood``, or ``WrongContent`` if a checkpoint is
  ///   not what was saved.
  init(at path: String, keep: Int) throws {
    let store = CheckpointStore(path: path, keep: keep)
    saver = CheckpointSaver(to: store)
    try store.checkTarget()
    lock = try CheckpointLock(for: path)
    _ = try store.sweep()
    try store.check()

    optimizer.build(for: model.trainableVariables)
    let recovery = try store.recover()
    // A file that cannot be read may be good: nothing is put in its place.
    let isUnreadable = recovery.rejected.contains { !$0.isDamaged && $0.path == path }
    if let newest = recovery.path, !isUnreadable {
      step = try Self.step(ofFile: newest)
    } else if !recovery.rejected.isEmpty {
      throw NoneGood(rejected: recovery.rejected)
    }
    for file in recovery.rejected where file.isDamaged {
      _ = store.setAside(file.path, time: "20260101T000000Z")
    }
  }

  /// Takes a step and saves it, on another thread as `train` does, and waits.
  func save() throws(CheckpointError) {
    step += 1
    for (variable, value) in zip(model.variables, Self.weights(of: model, at: step)) {
      variable.value = value
    }
    var state = TrainingState(seed: 1, dataDigest: "", settings: [:])
    state.globalStep = step
    state.runID = "small"
    try saver.begin(
      Checkpoint(
        model: model, optimizer: optimizer, loss: SparseCategoricalCrossentropy(), state: state))
    saver.wait()
    for outcome in saver.takeOutcomes() {
      if let failure = outcome.failure { throw failure }
    }
  }

  /// The step of a checkpoint of this run, all of which is looked at.
  static func step(ofFile path: String) throws -> Int {
    let (model, optimizer) = (makeModel(), SGD(learningRate: 0.01, momentum: 0.9))
    let file = try CheckpointFile(opening: path)
    guard case .sealed = file.seal else { throw WrongContent(path: path, what: "has no seal") }
    let step = try file.restore(model, optimizer).globalStep
    guard
      zip(model.variables, weights(of: model, at: step)).allSatisfy({ variable, expected in
        variable.value.scalars == expected.scalars
      })
    else { throw WrongContent(path: path, what: "lacks the weights of its step, \(step)") }
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

/// There are checkpoints, and none of them is good.
struct NoneGood: Error, CustomStringConvertible {
  let rejected: [Recovery.Rejected]

  var description: String {
    "no checkpoint is good: " + rejected.map { "\($0.path): \($0.reason)" }.joined(separator: ", ")
  }
}

/// A checkpoint that can be read, and is not what was saved.
struct WrongContent: Error, CustomStringConvertible {
  let path: String
  let what: String

  var description: String { "'\(path)' \(what)" }
}
