import CheckpointStore
import Checkpoints
import Datasets
import JSON
import ModelFiles
import NeuralNetwork

/// Starting and resuming a run.
extension TrainingRun {
  /// Locks the files of the run, and resumes it from its newest checkpoint.
  func start() throws(TrainingError) {
    try checkFiles()
    try saver.takePlace()
    var runIDs: Set<String> = []
    if !policy.overwrite, let restored = try restore() { runIDs.insert(restored) }
    let isNew = runIDs.isEmpty
    runIDs.insert(state.runID)
    try saver.remove(try saver.foreignFiles(to: runIDs, isNew: isNew))
    try saver.makeUpBest(of: state)
  }

  private func checkFiles() throws(TrainingError) {
    do throws(FilePlan<FileRole>.Conflict) {
      var plan = FilePlan<FileRole>()
      try plan.addOutput(path, as: .checkpoint, isCheckpoint: true)
      if let best = policy.best { try plan.addOutput(best.path, as: .best, isCheckpoint: true) }
    } catch {
      throw TrainingError(error)
    }
  }

  /// Restores the run from its newest checkpoint.
  ///
  /// - Returns: The ID of the run in the file; `nil` if there is no checkpoint.
  private func restore() throws(TrainingError) -> String? {
    let recovery = try saver.recover()
    guard let newest = recovery.path else {
      guard recovery.rejected.isEmpty else { throw .noneGood(path: path, recovery.rejected) }
      return nil
    }
    let found = try saver.attempting { () throws(CheckpointError) in try read(newest) }
    guard found.differences.isEmpty else { throw .otherSettings(path: newest, found.differences) }
    let restored = try saver.attempting { () throws(CheckpointError) in
      let values = try found.file.readParts(parts)
      let restored = try found.file.restore(model, optimizer)
      values.forEach { $0.apply() }
      return restored
    }
    try adopt(restored, from: newest)
    saver.resumed(
      at: state, from: newest,
      isAtPath: FilePlace(of: newest).isSame(as: FilePlace(of: path)))
    saver.resumed(from: newest, passingOver: recovery.rejected)
    saver.report(
      .resumed(
        path: newest, epoch: state.epoch, stepInEpoch: state.stepInEpoch, step: state.globalStep))
    return restored.runID
  }

  /// A checkpoint, and what differs from this run.
  private struct Found: ~Copyable {
    let file: CheckpointFile
    let differences: [TrainingError.Difference]
  }

  private func read(_ path: String) throws(CheckpointError) -> Found {
    let file = try CheckpointFile(opening: path)
    guard let found = try file.trainingState() else {
      throw .content(
        path: path, object: "/", problem: "has no training state, so it cannot be resumed")
    }
    var differences = TrainingRun.differences(
      between: .object(found.settings), and: .object(state.settings))
    if differences.isEmpty {
      differences = try file.layerDifferences(from: model).map {
        .init(name: $0.name, inFile: $0.inFile, asked: $0.here)
      }
    }
    return Found(file: file, differences: differences)
  }

  /// Takes over a state whose weights have been restored.
  private func adopt(_ restored: TrainingState, from file: String) throws(TrainingError) {
    let position = TrainingState.DataPosition(
      iteration: restored.epoch, elements: restored.stepInEpoch)
    let names = metrics.map(\.name).sorted()
    guard restored.dataPosition == position, restored.stepInEpoch <= restored.globalStep,
      batches.count.map({ restored.stepInEpoch <= $0 }) != false,
      restored.countedIterations.map({ $0 == optimizer.iterations }) != false,
      restored.epoch == 0 || restored.history.keys.sorted() == names,
      restored.metrics.keys.sorted() == names
    else { throw .otherState(path: file, .inconsistentCounts) }
    for metric in metrics where !metric.restore(restored.metrics[metric.name] ?? [:]) {
      throw .otherState(path: file, .metric(metric.name))
    }
    let ownID = state.runID
    state = restored
    if state.runID.isEmpty { state.runID = ownID }
  }
}
