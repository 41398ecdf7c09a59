package import CheckpointStore
package import Checkpoints
import ModelFiles

/// Preparations before a run starts or resumes.
extension RunSaver {
  /// Locks the files, removes leftovers, and checks that files can be saved.
  ///
  /// - Throws: ``TrainingError/checkpoint(_:)`` if the run cannot be saved there.
  package func takePlace() throws(TrainingError) {
    try attempting { () throws(CheckpointError) in
      try converting { () throws(StoreError) in
        try store.checkTarget()
        try best?.checkTarget()
      }
      try saver.takeLocks()
      if let step = try store.sweep() { report(.rolledForward(path: store.path, step: step)) }
      try converting { () throws(StoreError) in
        try best?.removeLeftovers()
        try store.check()
        try best?.check()
        if let path = options.weightsPath { try CheckpointStore(path: path).check() }
      }
    }
  }

  /// Finds the newest valid checkpoint of the run.
  ///
  /// - Returns: The path of the checkpoint, and the rejected files; the path is `nil` if there is
  ///   no valid checkpoint or the file at the checkpoint path is foreign.
  /// - Throws: ``TrainingError/checkpoint(_:)`` if the files cannot be read.
  package func recover() throws(TrainingError) -> (path: String?, rejected: [Recovery.Rejected]) {
    let recovery = try attempting { () throws(CheckpointError) in
      // A best checkpoint without others belongs to another run; the trainer reports it when it
      // claims its outputs.
      let numbered = try store.numbered()
      let isAlone = numbered.isEmpty && !fileExists(store.path)
      return try store.recoverRun(including: isAlone ? [] : best.map { [$0.path] } ?? [])
    }
    let isReplaced = recovery.rejected.contains { !$0.reason.isDamaged && $0.path == store.path }
    return (isReplaced ? nil : recovery.path, recovery.rejected)
  }

  /// Renames damaged files, and restores the checkpoint from which the run resumes to the path.
  ///
  /// - Parameters:
  ///   - file: The path of the checkpoint from which the run resumes.
  ///   - rejected: The rejected files.
  package func resumed(from file: String, passingOver rejected: [Recovery.Rejected]) {
    for file in rejected {
      let newPath = file.reason.isDamaged ? store.setAside(file.path, time: options.time) : nil
      report(.rejected(file, setAsideAs: newPath))
    }
    rollForward(to: file)
  }

  /// Restores the checkpoint from which the run resumes to the path.
  ///
  /// A failure causes a warning; the next save tries again.
  private func rollForward(to file: String) {
    do throws(StoreError) {
      if file != store.path {
        try store.rollForward(to: file)
        report(.pathRestored(path: store.path, from: file))
      }
      notePath()
    } catch {
      report(.pathNotRestored(.store(error)))
    }
  }

  /// Saves the best epoch to the best path, unless it is already there.
  ///
  /// An earlier save of the best epoch may have failed, been interrupted, or not been requested.
  /// Its state may still exist at the checkpoint path or in a numbered checkpoint. Otherwise, the
  /// best of the remaining epochs is saved.
  ///
  /// - Parameter state: The state from which the run resumes.
  /// - Throws: ``TrainingError`` if another process has taken over the checkpoint.
  package func makeUpBest(of state: TrainingState) throws(TrainingError) {
    bestEpoch = nil
    guard let best, state.epoch > 0,
      let wanted = monitor.best(of: (1...state.epoch).map(\.self), in: state.history)
    else { return }
    let held = store.isGood(best.path) ? epoch(of: best.path, in: state) : nil
    if held != wanted {
      try saveBest(
        wanted: wanted, held: held, of: state, to: best)
    } else {
      bestEpoch = held
    }
  }

  private func saveBest(
    wanted: Int, held: Int?, of state: TrainingState, to best: CheckpointStore
  ) throws(TrainingError) {
    var left = try attempting { () throws(CheckpointError) in
      try converting { () throws(StoreError) in try store.paths() }
    }
    .compactMap { path in epoch(of: path, in: state).map { (path: path, epoch: $0) } }
    while true {
      bestEpoch = monitor.best(of: [held] + left.map(\.epoch), in: state.history)
      guard bestEpoch != held, let index = left.firstIndex(where: { $0.epoch == bestEpoch })
      else { break }
      do throws(CheckpointError) {
        try saver.saveBest(from: left[index].path)
        break
      } catch {
        // Damaged files are ignored.
        left.remove(at: index)
      }
    }
    if bestEpoch != wanted {
      report(.bestIsGone(path: best.path, epoch: wanted, kept: bestEpoch))
    }
    try takeOutcomes()
  }

  /// The epoch at whose end a checkpoint was saved; `nil` for a checkpoint of another run or within
  /// an epoch.
  private func epoch(of path: String, in state: TrainingState) -> Int? {
    guard let found = try? CheckpointFile(opening: path).trainingState(),
      found.seed == state.seed, found.dataDigest == state.dataDigest,
      found.stepInEpoch == 0, (1...state.epoch).contains(found.epoch),
      // Runs with equal settings are distinguished by their results.
      found.history.allSatisfy({ name, values in
        values.elementsEqual(state.history[name, default: []].prefix(values.count))
      })
    else { return nil }
    return found.epoch
  }

  func attempting<Result: ~Copyable>(
    _ body: () throws(CheckpointError) -> Result
  ) throws(TrainingError) -> Result {
    do throws(CheckpointError) { return try body() } catch { throw .checkpoint(error) }
  }
}
