package import Checkpoints

/// What is done once before a run goes on.
extension RunSaver {
  /// Makes sure that nobody else trains into the files, cleans up, and tries whether files can be saved.
  ///
  /// - Throws: ``TrainingError/checkpoint(_:)`` if the run cannot be saved there.
  package func takePlace() throws(TrainingError) {
    try attempting { () throws(CheckpointError) in
      try store.checkTarget()
      try best?.checkTarget()
      try saver.takeLocks()
      if let step = try store.sweep() { report(.rolledForward(path: store.path, step: step)) }
      try best?.removeLeftovers()
      try store.check()
      try best?.check()
      if let path = options.weightsPath { try CheckpointStore(path: path).check() }
    }
  }

  /// Looks for the newest good checkpoint of the run.
  ///
  /// - Returns: Its path, `nil` if there is none or the file at the path is another one's; and the files that
  ///   were passed over.
  /// - Throws: ``TrainingError/checkpoint(_:)`` if the files cannot be read.
  package func recover() throws(TrainingError) -> (path: String?, rejected: [Recovery.Rejected]) {
    let recovery = try attempting { () throws(CheckpointError) in
      // Alone, the best checkpoint is another run's: the trainer says what to do when it claims its outputs.
      let numbered = try store.numbered()
      let isAlone = numbered.isEmpty && !fileExists(store.path)
      return try store.recover(including: isAlone ? [] : best.map { [$0.path] } ?? [])
    }
    let isReplaced = recovery.rejected.contains { !$0.isDamaged && $0.path == store.path }
    return (isReplaced ? nil : recovery.path, recovery.rejected)
  }

  /// Gives the damaged files other names, and makes the path hold the checkpoint from which the run goes on.
  ///
  /// - Parameters:
  ///   - file: The path of that checkpoint, which is the run's.
  ///   - rejected: The files that were passed over.
  package func resumed(from file: String, passingOver rejected: [Recovery.Rejected]) {
    for file in rejected {
      let newPath = file.isDamaged ? store.setAside(file.path, time: options.time) : nil
      report(.rejected(file, setAsideAs: newPath))
    }
    rollForward(to: file)
  }

  /// Makes the path hold the checkpoint from which the run goes on.
  ///
  /// A failure costs a warning: the next save tries again.
  private func rollForward(to file: String) {
    do throws(CheckpointError) {
      if file != store.path {
        try store.rollForward(to: file)
        report(.pathRestored(path: store.path, from: file))
      }
      notePath()
    } catch {
      report(.warning("\(error); the next save tries again"))
    }
  }

  /// Finds out which epoch the best path holds, and saves the best one there if it is another.
  ///
  /// A save of the best epoch may have failed or been interrupted, or nobody had asked for it before. Its
  /// state may still be at the path, or have a numbered name. If it is gone, the best one is kept of those
  /// that are left.
  ///
  /// - Parameter state: The run, from where it goes on.
  /// - Throws: ``TrainingError`` if another process has taken the place of this one.
  package func makeUpBest(of state: TrainingState) throws(TrainingError) {
    bestEpoch = nil
    guard let best, state.epoch > 0,
      let wanted = options.monitor.best(of: (1...state.epoch).map(\.self), in: state.history)
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
    var left = try attempting { () throws(CheckpointError) in try store.paths() }
      .compactMap { path in epoch(of: path, in: state).map { (path: path, epoch: $0) } }
    while true {
      bestEpoch = options.monitor.best(of: [held] + left.map(\.epoch), in: state.history)
      guard bestEpoch != held, let index = left.firstIndex(where: { $0.epoch == bestEpoch })
      else { break }
      do throws(CheckpointError) {
        try saver.saveBest(from: left[index].path)
        break
      } catch {
        // A damaged file is as good as none.
        left.remove(at: index)
      }
    }
    if bestEpoch != wanted {
      report(.bestIsGone(path: best.path, epoch: wanted, kept: bestEpoch))
    }
    try takeOutcomes()
  }

  /// The epoch at whose end a checkpoint was saved; `nil` if it is not of this run, or of a moment inside an
  /// epoch.
  private func epoch(of path: String, in state: TrainingState) -> Int? {
    guard let found = try? CheckpointFile(opening: path).trainingState(),
      found.seed == state.seed, found.dataDigest == state.dataDigest,
      found.stepInEpoch == 0, (1...state.epoch).contains(found.epoch),
      // What was measured tells the runs of one program apart.
      found.history.allSatisfy({ name, values in
        values.elementsEqual(state.history[name, default: []].prefix(values.count))
      })
    else { return nil }
    return found.epoch
  }

  private func attempting<Result>(
    _ body: () throws(CheckpointError) -> Result
  ) throws(TrainingError) -> Result {
    do throws(CheckpointError) { return try body() } catch { throw .checkpoint(error) }
  }
}
