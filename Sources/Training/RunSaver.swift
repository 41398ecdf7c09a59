package import Checkpoints
import Glibc

/// Saves a run while it goes on, and once more when it ends.
///
/// A save that becomes due while another one is under way is taken as soon as that is done, of what the
/// run is then. A save that fails costs a warning; the next one tries again. Only the last one must
/// succeed.
package final class RunSaver {
  let options: RunOptions
  let store: CheckpointStore
  let best: CheckpointStore?
  let saver: CheckpointSaver
  let report: (TrainingEvent) -> Void
  private var clock: SaveClock
  private var isDue = false
  /// Whether a save of this process has reached the disk.
  private(set) var hasSaved = false
  /// Where the run was when it was last saved, or resumed; and the state that the path holds.
  private var place: Place?
  private var held: Place?
  /// What is still wrong with the last save that was tried.
  private var failure: CheckpointError?
  /// What is still wrong with the last save of the best epoch that was tried.
  private var bestFailure: CheckpointError?
  /// The best epoch of those whose state was to be had, from 1: the best path holds it, or will.
  var bestEpoch: Int?
  /// The newest checkpoint on the disk.
  private var saved: SavedCheckpoint?

  /// Prepares to save a run.
  ///
  /// - Parameters:
  ///   - options: What the run is asked to do.
  ///   - report: Receives what happens.
  package init(_ options: RunOptions, report: @escaping (TrainingEvent) -> Void) {
    self.options = options
    self.report = report
    store = CheckpointStore(path: options.savePath, keep: options.keep)
    best = options.bestPath.map { CheckpointStore(path: $0) }
    saver = CheckpointSaver(to: store, best: best)
    clock = SaveClock(options.saveEvery)
  }

  /// Takes note of the place from which the run goes on.
  ///
  /// - Parameters:
  ///   - state: The run.
  ///   - path: The path of the file that it was restored from.
  ///   - isAtPath: Whether the path of the checkpoint holds it.
  package func resumed(at state: TrainingState, from path: String, isAtPath: Bool) {
    saved = SavedCheckpoint(path: path, step: state.globalStep)
    clock.saved(step: state.globalStep, epoch: state.epoch)
    place = Place(state)
    if isAtPath { notePath() }
  }

  /// Takes note that the path holds what was last saved or resumed.
  func notePath() {
    held = place
  }

  /// Asks for a save as soon as one can begin.
  func request() {
    isDue = true
  }

  /// Takes note of a step that is done.
  func noteStep(_ step: Int) {
    if clock.isDue(afterStep: step) { isDue = true }
  }

  /// Takes note of an epoch that is done, and saves its state where the best one is kept.
  package func noteEpoch(
    _ state: TrainingState, _ checkpoint: @autoclosure () -> Checkpoint
  ) throws(TrainingError) {
    if clock.isDue(afterEpoch: state.epoch) { isDue = true }
    guard best != nil,
      options.monitor.best(of: [bestEpoch, state.epoch], in: state.history) == state.epoch
    else { return }
    // The best one is this one and no later one, so what is under way has to be waited for.
    saver.wait()
    try takeOutcomes()
    bestEpoch = state.epoch
    try begin(checkpoint(), isBest: true)
  }

  /// Tells how earlier saves have ended, and begins another one if it is due and none is under way.
  package func saveIfDue(_ checkpoint: @autoclosure () -> Checkpoint) throws(TrainingError) {
    try takeOutcomes()
    guard isDue, !saver.isBusy else { return }
    try begin(checkpoint())
  }

  /// Saves the run before its first step, and waits until that is done, well or not.
  func saveFirst(_ checkpoint: @autoclosure () -> Checkpoint) throws(TrainingError) {
    // At the same place, but not the same: its settings may have changed.
    held = nil
    try begin(checkpoint())
    saver.wait()
    try takeOutcomes()
  }

  /// Makes sure, when a run ends, that the path holds its state and the best path its best epoch.
  ///
  /// - Parameters:
  ///   - state: The run, as it is now.
  ///   - checkpoint: All of it.
  ///   - isPatient: Whether a save that fails is to be tried again, as long as the options allow.
  /// - Throws: ``TrainingError`` if it cannot be saved.
  package func saveLast(
    _ state: TrainingState, _ checkpoint: @autoclosure () -> Checkpoint, while isPatient: () -> Bool
  ) throws(TrainingError) {
    saver.wait()
    try takeOutcomes()
    let deadline = ContinuousClock.now + .seconds(options.patience)
    while true {
      if held != Place(state) {
        try begin(checkpoint(), isLast: true)
      } else if bestFailure != nil {
        saver.saveBestAgain()
      }
      saver.wait()
      try takeOutcomes(areLast: true)
      guard let failure = held == Place(state) ? bestFailure : failure else { return }
      guard ContinuousClock.now < deadline, isPatient() else {
        throw .unsaved(failure, saved: saved)
      }
      sleep(1)
    }
  }

  /// Waits for the save that is under way.
  package func wait() {
    saver.wait()
  }

  /// The error for a number that is not finite.
  func notFinite(step: Int) -> TrainingError {
    saver.wait()
    return .notFinite(
      step: step, saved: fileExists(options.savePath) ? options.savePath : nil)
  }

  private func begin(
    _ checkpoint: Checkpoint, isBest: Bool = false, isLast: Bool = false
  ) throws(TrainingError) {
    isDue = false
    clock.saved(step: checkpoint.state?.globalStep ?? 0, epoch: checkpoint.state?.epoch ?? 0)
    place = checkpoint.state.map(Place.init)
    do throws(CheckpointError) {
      try saver.begin(checkpoint, isBest: isBest)
    } catch {
      failure = error
      if isBest { bestFailure = error }
      report(.saveFailed(error, saved: saved, isLast: isLast))
    }
  }

  /// Tells how saves have ended.
  ///
  /// - Throws: ``TrainingError`` if the run cannot be saved at all: its numbers are not finite, or another
  ///   process has taken its place.
  func takeOutcomes(areLast: Bool = false) throws(TrainingError) {
    for outcome in saver.takeOutcomes() {
      switch outcome.failure {
      case .notFinite?: throw notFinite(step: outcome.step)
      case .locked(let path, let holder)?:
        throw .checkpoint(.locked(path: path, holder: holder))
      default: break
      }
      if outcome.path == options.bestPath {
        bestFailure = outcome.failure
      } else {
        failure = outcome.failure
        if failure == nil { notePath() }
      }
      if let failure = outcome.failure {
        report(.saveFailed(failure, saved: saved, isLast: areLast))
      } else {
        if outcome.path == options.savePath {
          hasSaved = true
          saved = SavedCheckpoint(path: outcome.path, step: outcome.step)
        }
        report(.saved(path: outcome.path, step: outcome.step, isLast: areLast))
      }
    }
  }
}

/// Where a run is: no two of its states have the same.
private struct Place: Equatable {
  let step: Int
  let epoch: Int

  init(_ state: TrainingState) {
    (step, epoch) = (state.globalStep, state.epoch)
  }
}
