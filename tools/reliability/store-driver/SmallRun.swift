import CheckpointStore
import Checkpoints
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import Training

/// A run of a small model whose weights are a function of the step, so that any mixture of two
/// checkpoints is seen.
///
/// Each step is an epoch; it is saved by what saves the runs of `train`.
final class SmallRun {
  /// The last step; 0 before the first.
  private(set) var step = 0

  private let model = makeModel()
  private let optimizer = SGD(learningRate: 0.01, momentum: 0.9)
  private let saver: RunSaver

  /// Does what `train` does before it trains: takes the locks, cleans up, tries whether files can
  /// be saved, goes on from the newest checkpoint, and makes up for a save of the best epoch that
  /// is due.
  ///
  /// - Throws: ``TrainingError`` as `train` does, or ``WrongContent`` if a checkpoint is not what
  ///   was saved.
  init(
    at path: String, keep: Int, best: String?, report: @escaping (TrainingEvent) -> Void
  ) throws {
    var options = RunOptions(savePath: path)
    (options.keep, options.bestPath, options.patience) = (keep, best, 0)
    options.time = "20260101T000000Z"
    saver = RunSaver(options, report: report)
    try saver.takePlace()
    optimizer.build(for: model.trainableVariables)
    let recovery = try saver.recover()
    if let newest = recovery.path {
      step = try Self.step(ofFile: newest)
      saver.resumed(at: state, from: newest, isAtPath: newest == path)
      saver.resumed(from: newest, passingOver: recovery.rejected)
    } else if !recovery.rejected.isEmpty {
      throw TrainingError.noneGood(path: path, recovery.rejected)
    }
    try saver.makeUpBest(of: state)
  }

  /// Takes a step and saves it, on another thread as `train` does, and waits.
  ///
  /// - Parameter isLast: Whether the run ends with it; then it must succeed.
  /// - Throws: ``TrainingError`` if it must and does not, or another process has the lock.
  func step(isLast: Bool) throws(TrainingError) {
    step += 1
    for (variable, value) in zip(model.variables, Self.weights(of: model, at: step)) {
      variable.value = value
    }
    try saver.noteEpoch(state, checkpoint)
    if isLast { return try finish() }
    try saver.saveIfDue(checkpoint)
    saver.wait()
    try saver.saveIfDue(checkpoint)
  }

  /// Makes sure that everything is saved.
  ///
  /// - Throws: ``TrainingError`` if it cannot be.
  func finish() throws(TrainingError) {
    try saver.saveLast(state, checkpoint, while: { false })
  }

  private var checkpoint: Checkpoint {
    Checkpoint(
      model: model, optimizer: optimizer, loss: SparseCategoricalCrossentropy(), state: state)
  }

  private var state: TrainingState {
    var state = TrainingState(seed: 1, dataDigest: "", settings: [:])
    (state.globalStep, state.epoch) = (step, step)
    // Each is better than all before, but every third.
    state.history["test_loss"] = (0..<step).map { $0 % 3 == 2 ? 0 : -1 - Double($0) }
    state.runID = "small"
    return state
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

/// A checkpoint that can be read, and is not what was saved.
struct WrongContent: Error, CustomStringConvertible {
  let path: String
  let what: String

  var description: String { "'\(path)' \(what)" }
}
