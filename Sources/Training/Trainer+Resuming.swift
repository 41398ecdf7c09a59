import Checkpoints
import NeuralNetwork

/// Going on from what an earlier run has left.
extension Trainer {
  /// Goes on from a checkpoint, if there is one that is to be gone on from.
  func restore() throws(TrainingError) {
    state.runID = newRunID()
    let exists = fileExists(options.savePath)
    switch options.resume {
    case .auto:
      let others = options.bestPath.map { [$0] } ?? []
      let recovery = try attempt { () throws(CheckpointError) in
        try store.recover(including: others)
      }
      let isReplaced = recovery.rejected.contains { !$0.isDamaged && $0.path == store.path }
      guard let path = recovery.path, !isReplaced else {
        guard recovery.rejected.isEmpty else {
          throw .noneGood(path: options.savePath, recovery.rejected)
        }
        return
      }
      try restore(from: path)
      for file in recovery.rejected {
        let newPath = file.isDamaged ? store.setAside(file.path, time: options.time) : nil
        report(.rejected(file, setAsideAs: newPath))
      }
    case .never:
      guard !exists || options.overwrite else {
        throw .exists(path: options.savePath, advice: "add --overwrite to start over")
      }
    case .from(let path):
      // A path that leads nowhere is the first thing to say.
      let seal = try attempt { () throws(CheckpointError) in
        try CheckpointFile(opening: path).seal
      }
      guard !exists || options.overwrite || isSameFile(path, options.savePath) else {
        throw .exists(path: options.savePath, advice: "add --overwrite to replace it")
      }
      try restore(from: path)
      if seal == .unsealed {
        report(.warning("'\(path)' has no seal, so damage to it would go unnoticed"))
      }
    }
  }

  private func restore(from path: String) throws(TrainingError) {
    let wanted = state
    let restored = try attempt { () throws(CheckpointError) -> TrainingState? in
      let file = try CheckpointFile(opening: path)
      guard let found = try file.trainingState() else { return nil }
      // Settings first: another optimizer is more than slots that do not fit.
      guard found.settings == wanted.settings else { return found }
      return try file.restore(model, optimizer, resetOptimizer: options.resetOptimizer)
    }
    guard let restored else { return try begin(with: path) }
    guard restored.settings == wanted.settings else {
      throw .otherSettings(path: path, differences(restored.settings, wanted.settings))
    }
    guard restored.stepInEpoch <= stepsInEpoch,
      restored.dataPosition
        == .init(iteration: restored.epoch, elements: restored.stepInEpoch),
      restored.globalStep == restored.epoch * stepsInEpoch + restored.stepInEpoch,
      restored.globalStep + restored.initialIterations == optimizer.iterations
        || options.resetOptimizer, restored.epochSeconds.count <= restored.epoch,
      ["loss", "accuracy", "test_loss", "test_accuracy"].allSatisfy({ name in
        restored.history[name, default: []].count == restored.epoch
      })
    else {
      throw .otherState(path: path, problem: "its counts of epochs and steps contradict each other")
    }
    state = restored
    // Another optimizer is another run: what it computes is not what the files of the first one hold.
    if state.runID.isEmpty || options.resetOptimizer { state.runID = wanted.runID }
    saver.resumed(at: state)
    report(
      .resumed(
        path: path, epoch: state.epoch, stepInEpoch: state.stepInEpoch, step: state.globalStep))
  }

  /// Begins the run with the weights and the optimizer of a file that holds no run, such as Keras's.
  private func begin(with path: String) throws(TrainingError) {
    guard case .from = options.resume else {
      throw .checkpoint(
        .content(
          path: path, object: "/",
          problem: "has no training state, so no run can go on from it"))
    }
    let notes = try attempt { () throws(CheckpointError) in
      let file = try CheckpointFile(opening: path)
      try file.load(model, optimizer, resetOptimizer: options.resetOptimizer)
      return try file.notes(for: model, options.resetOptimizer ? nil : optimizer).map { "\($0)" }
    }
    state.initialIterations = optimizer.iterations
    report(
      .began(
        path: path, iterations: optimizer.iterations, learningRate: optimizer.learningRate,
        notes: notes))
  }

  private func differences(
    _ inFile: [String: JSON], _ asked: [String: JSON]
  ) -> [TrainingError.Difference] {
    Set(inFile.keys).union(asked.keys).sorted().compactMap { name in
      guard inFile[name] != asked[name] else { return nil }
      func shown(_ value: JSON?) -> String { value.map { $0.string ?? $0.text } ?? "–" }
      return .init(name: name, inFile: shown(inFile[name]), asked: shown(asked[name]))
    }
  }

  private func newRunID() -> String { String(UInt64.random(in: .min ... .max), radix: 16) }
}
