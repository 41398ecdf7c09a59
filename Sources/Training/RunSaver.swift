import CheckpointStore
package import Checkpoints
import Glibc
import ModelFiles

/// Saves a run in the background, and once more at its end.
///
/// If another save falls due meanwhile, it starts when the first has finished, with the state of
/// that moment. A failed save causes a warning, and the next save tries again. Only the final save
/// must succeed.
package final class RunSaver {
  let options: RunOptions
  let store: CheckpointStore
  let best: CheckpointStore?
  let saver: CheckpointSaver
  let report: (TrainingEvent) -> Void
  /// The result that determines the best epoch.
  package var monitor: MonitoredResult
  private var clock: SaveClock
  private var isDue = false
  /// Whether a save of this process has reached the disk.
  private(set) var hasSaved = false
  /// The position of the run at the last save or resume, and the position saved at the path.
  private var place: Place?
  private var held: Place?
  /// The error of the last attempted save; `nil` if it succeeded.
  private var failure: CheckpointError?
  /// The error of the last attempted save of the best epoch; `nil` if it succeeded.
  private var bestFailure: CheckpointError?
  /// The best epoch with an available state, from 1, which is or will be saved at the best path.
  var bestEpoch: Int?
  /// The newest checkpoint on the disk.
  private var saved: SavedCheckpoint?
  /// The error that was reported last, if it was that of the last save.
  private var told: CheckpointError?

  /// Creates a saver.
  ///
  /// - Parameters:
  ///   - options: The options of the run.
  ///   - report: Receives the events of the run.
  package init(_ options: RunOptions, report: @escaping (TrainingEvent) -> Void) {
    self.options = options
    self.report = report
    monitor = (options.monitor ?? .testLoss).result
    store = CheckpointStore(path: options.savePath, keep: options.keep)
    best = options.bestPath.map { CheckpointStore(path: $0) }
    saver = CheckpointSaver(to: store, best: best)
    clock = SaveClock(options.saveEvery)
  }

  /// Records the position from which the run resumes.
  ///
  /// - Parameters:
  ///   - state: The run.
  ///   - path: The path of the file from which it was restored.
  ///   - isAtPath: Whether the checkpoint path contains this state.
  package func resumed(at state: TrainingState, from path: String, isAtPath: Bool) {
    saved = SavedCheckpoint(path: path, step: state.globalStep)
    clock.saved(step: state.globalStep, epoch: state.epoch)
    place = Place(state)
    if isAtPath { notePath() }
  }

  /// Records that the path contains the last saved or resumed state.
  func notePath() {
    held = place
  }

  /// Records that the path lacks something of the current position.
  func noteChange() {
    held = nil
  }

  /// Requests a save as soon as possible.
  func request() {
    isDue = true
  }

  /// Whether ``saveIfDue(_:)`` will save after a step.
  func isReadyToSave(afterStep step: Int) -> Bool {
    (isDue || clock.isDue(afterStep: step)) && !saver.isBusy
  }

  /// Records a completed step.
  func noteStep(_ step: Int) {
    if clock.isDue(afterStep: step) { isDue = true }
  }

  /// Records a completed epoch, and saves its state to the best path if it is the best epoch.
  package func noteEpoch(
    _ state: TrainingState, _ checkpoint: @autoclosure () -> Checkpoint
  ) throws(TrainingError) {
    if clock.isDue(afterEpoch: state.epoch) { isDue = true }
    guard best != nil,
      monitor.best(of: [bestEpoch, state.epoch], in: state.history) == state.epoch
    else { return }
    // The best state is this one, not a later one, so a save in progress must finish first.
    saver.wait()
    try takeOutcomes()
    bestEpoch = state.epoch
    try begin(checkpoint(), isBest: true)
  }

  /// Reports finished saves, and starts the next one if it is due and none is in progress.
  package func saveIfDue(_ checkpoint: @autoclosure () -> Checkpoint) throws(TrainingError) {
    try takeOutcomes()
    guard isDue, !saver.isBusy else { return }
    try begin(checkpoint())
  }

  /// Saves the run before its first step, and waits for the outcome.
  func saveFirst(_ checkpoint: @autoclosure () -> Checkpoint) throws(TrainingError) {
    // The position is the same, but the settings may have changed.
    held = nil
    try begin(checkpoint())
    saver.wait()
    try takeOutcomes()
  }

  /// Saves the final state to the path, and the best epoch to the best path, at the end of a run.
  ///
  /// - Parameters:
  ///   - state: The current state of the run.
  ///   - checkpoint: The complete run.
  ///   - isPatient: Returns whether to retry a failed save, within the time that the options allow.
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

  /// Waits for the save in progress.
  package func wait() {
    saver.wait()
  }

  /// The error for NaN or infinite values.
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
    guard checkpoint.hasFiniteState else {
      throw notFinite(step: checkpoint.state?.globalStep ?? 0)
    }
    do throws(CheckpointError) {
      try saver.begin(checkpoint, isBest: isBest)
    } catch {
      failure = error
      if isBest { bestFailure = error }
      tell(error, isLast: isLast)
    }
  }

  /// Reports the outcomes of finished saves.
  ///
  /// - Throws: ``TrainingError`` if the run cannot be saved at all: it contains NaN or infinite
  ///   values, or another process has taken over the checkpoint.
  func takeOutcomes(areLast: Bool = false) throws(TrainingError) {
    for outcome in saver.takeOutcomes() {
      switch outcome.failure {
      case .notFinite?: throw notFinite(step: outcome.step)
      case .store(.locked(let path, let holder))?:
        throw .checkpoint(.store(.locked(path: path, holder: holder)))
      default: break
      }
      if outcome.path == options.bestPath {
        bestFailure = outcome.failure
      } else {
        failure = outcome.failure
        if failure == nil { notePath() }
      }
      if let failure = outcome.failure {
        tell(failure, isLast: areLast)
      } else {
        if outcome.path == options.savePath {
          hasSaved = true
          saved = SavedCheckpoint(path: outcome.path, step: outcome.step)
        }
        report(.saved(path: outcome.path, step: outcome.step, isLast: areLast))
      }
    }
  }

  /// Reports a failed save; of the attempts at the last one, only those with another error.
  private func tell(_ error: CheckpointError, isLast: Bool) {
    if isLast && error == told { return }
    told = isLast ? error : nil
    report(.saveFailed(error, saved: saved, isLast: isLast))
  }
}

/// The position of a run, which identifies its state.
private struct Place: Equatable {
  let step: Int
  let epoch: Int
  let restoredEpoch: Int?

  init(_ state: TrainingState) {
    (step, epoch, restoredEpoch) = (state.globalStep, state.epoch, state.restoredEpoch)
  }
}
