import Checkpoints
import Ranks

/// What the processes of a run decide together.
extension Trainer {
  /// Whether this process is the first, which saves, or the only one.
  var isFirst: Bool { communicator.isFirst }

  /// The signal that stops the run.
  ///
  /// Of several processes, each may receive it; all of them stop after the same step.
  var stopSignal: Int32? { communicator.size > 1 ? agreement.signal : isStopped() }

  /// Returns whether a save was requested since the last call.
  func takeSaveRequest() -> Bool {
    guard communicator.size > 1 else { return isAskedToSave() }
    defer { agreement.isAskedToSave = false }
    return agreement.isAskedToSave
  }

  /// Gives every process the messages of all processes, and agrees on signals.
  ///
  /// - Parameter message: The results of this process.
  /// - Returns: The messages by rank.
  /// - Throws: ``TrainingError/ranks(_:)`` if another process cannot continue.
  func exchange(_ message: RankMessage) throws(TrainingError) -> [RankMessage] {
    guard communicator.size > 1 else { return [message] }
    var message = message
    message.signal = isStopped()
    message.isOutOfTime = isOutOfTime
    message.isAskedToSave = isAskedToSave()
    message.isSaving = isFirst && saver.isReadyToSave(afterStep: state.globalStep + 1)
    let messages = try among { () throws(RankError) in try communicator.gather(message.bytes) }
      .map(RankMessage.init)
    agreement.signal = messages.lazy.compactMap(\.signal).first
    agreement.isOutOfTime = messages[0].isOutOfTime
    agreement.isSaving = messages[0].isSaving
    if messages.contains(where: \.isAskedToSave) { agreement.isAskedToSave = true }
    return messages
  }

  /// Gives the optimizer its whole state if it is to be saved after the last step.
  ///
  /// All processes call this, and know the same.
  func gatherStateIfSaving() throws(TrainingError) {
    guard let dividedOptimizer,
      agreement.isSaving || agreement.isAskedToSave || interruption != nil
        || state.stepInEpoch == stepsInEpoch || isFinished(state)
    else { return }
    try among { () throws(RankError) in try dividedOptimizer.gatherState() }
  }

  /// Whether the optimizer has its whole state.
  var hasWholeState: Bool { dividedOptimizer?.isGathered ?? true }

  /// Runs an exchange of the processes.
  func among<Result>(
    _ body: () throws(RankError) -> Result
  ) throws(TrainingError) -> Result {
    do throws(RankError) { return try body() } catch { throw .ranks(error) }
  }
}
