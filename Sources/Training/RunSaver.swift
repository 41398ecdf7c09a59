import Checkpoints
import Glibc

/// Saves a run while it goes on, and once more when it ends.
///
/// A save that becomes due while another one is under way is taken as soon as that is done, of what the
/// run is then. A save that fails costs a warning; the next one tries again. Only the last one must
/// succeed.
final class RunSaver {
  private let options: RunOptions
  private let saver: CheckpointSaver
  private let report: (TrainingEvent) -> Void
  private var clock: SaveClock
  private var isDue = false
  /// What is still wrong with the last save that was tried.
  private var failure: CheckpointError?

  init(
    _ options: RunOptions, to store: CheckpointStore,
    report: @escaping (TrainingEvent) -> Void
  ) {
    self.options = options
    self.report = report
    saver = CheckpointSaver(to: store)
    clock = SaveClock(options.saveEvery)
  }

  /// Takes note of the place from which the run goes on.
  func resumed(at state: TrainingState) {
    clock.saved(step: state.globalStep, epoch: state.epoch)
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
  func noteEpoch(
    _ state: TrainingState, _ checkpoint: @autoclosure () -> Checkpoint
  ) throws(TrainingError) {
    if clock.isDue(afterEpoch: state.epoch) { isDue = true }
    guard let path = options.bestPath, options.monitor.isBest(in: state.history) else { return }
    // The best one is this one and no later one, so what is under way has to be waited for.
    saver.wait()
    try begin(checkpoint(), alsoTo: CheckpointStore(path: path))
  }

  /// Tells how earlier saves have ended, and begins another one if it is due and none is under way.
  func saveIfDue(_ checkpoint: @autoclosure () -> Checkpoint) throws(TrainingError) {
    try takeOutcomes()
    guard isDue, !saver.isBusy else { return }
    try begin(checkpoint())
  }

  /// Saves the run before its first step, and waits until that is done, well or not.
  func saveFirst(_ checkpoint: @autoclosure () -> Checkpoint) throws(TrainingError) {
    try begin(checkpoint())
    saver.wait()
    try takeOutcomes()
  }

  /// Saves the run when it ends, and waits until it is on the disk.
  ///
  /// - Parameters:
  ///   - checkpoint: The run.
  ///   - isPatient: Whether a save that fails is to be tried again, as long as the options allow.
  /// - Throws: ``TrainingError`` if it cannot be saved.
  func saveLast(
    _ checkpoint: @autoclosure () -> Checkpoint, while isPatient: () -> Bool
  ) throws(TrainingError) {
    wait()
    try takeOutcomes()
    let deadline = ContinuousClock.now + .seconds(options.patience)
    while true {
      try begin(checkpoint())
      saver.wait()
      try takeOutcomes(areLast: true)
      guard let failure else { return }
      guard ContinuousClock.now < deadline, isPatient() else { throw .checkpoint(failure) }
      sleep(1)
    }
  }

  /// Waits for the save that is under way.
  func wait() {
    saver.wait()
  }

  /// The error for a number that is not finite.
  func notFinite(step: Int) -> TrainingError {
    saver.wait()
    return .notFinite(
      step: step, saved: fileExists(options.savePath) ? options.savePath : nil)
  }

  private func begin(
    _ checkpoint: Checkpoint, alsoTo best: CheckpointStore? = nil
  ) throws(TrainingError) {
    isDue = false
    clock.saved(step: checkpoint.state?.globalStep ?? 0, epoch: checkpoint.state?.epoch ?? 0)
    do throws(CheckpointError) {
      try saver.begin(checkpoint, alsoTo: best)
    } catch {
      failure = error
      report(.saveFailed(error, step: checkpoint.state?.globalStep ?? 0))
    }
  }

  private func takeOutcomes(areLast: Bool = false) throws(TrainingError) {
    for outcome in saver.takeOutcomes() {
      if case .notFinite? = outcome.failure { throw notFinite(step: outcome.step) }
      if outcome.path == options.savePath { failure = outcome.failure }
      if let failure = outcome.failure {
        report(.saveFailed(failure, step: outcome.step))
      } else {
        report(.saved(path: outcome.path, step: outcome.step, isLast: areLast))
      }
    }
  }
}
