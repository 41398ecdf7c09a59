public import CheckpointStore
public import Checkpoints
import JSON
public import ModelFiles

/// An event of a run, for display.
///
/// ```swift
/// let trainer = try Trainer(
///   options: options, data: data,
///   report: { event in
///     switch event {
///     case .step(let progress): print("step \(progress.step) of \(progress.stepsInEpoch)")
///     case .epoch(let result): print("epoch \(result.epoch): loss \(result.loss)")
///     case .saved(let path, let step, _): print("saved \(path) after step \(step)")
///     default: break
///     }
///   })
/// _ = try trainer.run()
/// ```
public enum TrainingEvent: Sendable {
  /// The run resumes from a checkpoint.
  case resumed(path: String, epoch: Int, stepInEpoch: Int, step: Int)

  /// A new run starts with the weights and the optimizer of a file without a training run.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - iterations: The number of steps that the optimizer has taken.
  ///   - learningRate: The learning rate of the next step.
  ///   - notes: Remarks about how the file was read.
  case began(path: String, iterations: Int, learningRate: Float, notes: [String])

  /// The description of the model has features that the training does not apply.
  case notApplied(notes: [String])

  /// A new run starts with the weights of a file.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - newLayers: The names of the layers whose weights are random, because those in the file
  ///     have other shapes.
  case initialized(path: String, newLayers: [String])

  /// A setting was changed, or will be as of a later step.
  case changed(RunChange)

  /// The optimizer was not reset again, because it was already reset after the given step.
  case alreadyReset(step: Int)

  /// A step is done.
  case step(Progress)

  /// Training of the epoch is complete, and the evaluation starts.
  case evaluating

  /// An epoch, or the part of it in which the run ends, is complete.
  case epoch(EpochResult)

  /// A signal was received: the run will be saved and stopped.
  case stopping(signal: Int32, step: Int)

  /// The finished model was evaluated on the test data, which had no part in the run.
  case tested(loss: Double, accuracy: Double)

  /// The model has the weights of its best epoch again, at the end of the run.
  ///
  /// - Parameters:
  ///   - epoch: The epoch, from 1.
  ///   - monitor: The metric by which it is the best.
  ///   - value: The value of the metric.
  case restoredBest(epoch: Int, Monitor, value: Double)

  /// A checkpoint was saved; `isLast` means the final save of the run.
  case saved(path: String, step: Int, isLast: Bool)

  /// A checkpoint could not be saved; earlier checkpoints are intact.
  ///
  /// - Parameters:
  ///   - saved: The newest checkpoint on the disk, if any.
  ///   - isLast: Whether this was the final save of the run.
  case saveFailed(CheckpointError, saved: SavedCheckpoint?, isLast: Bool)

  /// An interrupted save was completed before the run resumed.
  case rolledForward(path: String, step: Int)

  /// The newest checkpoint was restored to the path from another file of the run.
  case pathRestored(path: String, from: String)

  /// The best epoch so far cannot be saved, because no checkpoint contains its state any more.
  ///
  /// - Parameters:
  ///   - path: The path of the best epoch.
  ///   - epoch: The best epoch.
  ///   - kept: The epoch that is kept instead, if any.
  case bestIsGone(path: String, epoch: Int, kept: Int?)

  /// An invalid checkpoint was skipped, and renamed if it is damaged.
  case rejected(Recovery.Rejected, setAsideAs: String?)

  /// Log lines are missing; the run continues, and writes them later if possible.
  case logFailed(FileRole, path: String, LogProblem)

  /// The event files contain only scalars of some epochs, counted from 1.
  case eventsIncomplete(path: String, epochs: ClosedRange<Int>)

  /// The checkpoint could not be restored to the path; the next save tries again.
  case pathNotRestored(CheckpointError)

  /// The run resumes from a file without a seal, in which damage would go unnoticed.
  case unsealed(path: String)

  /// The disk may lack space for the checkpoints, as the sentence says.
  case littleSpace(String)

  /// The log ended with zeros, as after a power failure; it was renamed, and all lines are written
  /// anew.
  case logReplaced(path: String, setAsideAs: String)
}

/// The progress of an epoch.
///
/// See ``TrainingEvent`` for an example.
public struct Progress: Sendable {
  /// The number of the epoch, from 1.
  public let epoch: Int

  /// The total number of epochs.
  public let epochs: Int

  /// The number of completed steps of the epoch.
  public let step: Int

  /// The number of steps of the epoch.
  public let stepsInEpoch: Int

  /// The batch size.
  public let batchSize: Int

  /// The mean loss since the start of the epoch.
  public let loss: Double

  /// The running accuracy since the start of the epoch, in `0...1`.
  public let accuracy: Double
}

/// The results of an epoch.
///
/// See ``TrainingEvent`` for an example.
public struct EpochResult: Equatable, Sendable {
  /// The number of the epoch, from 1.
  public let epoch: Int

  /// The training loss, averaged over the steps of the epoch as in Keras.
  public let loss: Double

  /// The training accuracy, averaged over the steps of the epoch as in Keras, in `0...1`.
  public let accuracy: Double

  /// The pictures on which the model was evaluated after the epoch.
  public let evaluatedOn: EvaluationSet

  /// The mean loss over these pictures.
  public let evaluationLoss: Double

  /// The accuracy on these pictures, in `0...1`.
  public let evaluationAccuracy: Double

  /// The global step: completed training steps since the start of the run.
  public let step: Int

  /// The duration of the epoch in this process, in seconds, without evaluation.
  public let seconds: Double

  /// The result as a JSON object on one line.
  ///
  /// - Returns: The JSON object, with exact numbers.
  public func json() -> String {
    let members: JSON.Object = [
      "epoch": .integer(epoch), "loss": .number(loss), "accuracy": .number(accuracy),
      evaluatedOn.lossName: .number(evaluationLoss),
      evaluatedOn.accuracyName: .number(evaluationAccuracy), "step": .integer(step),
      "seconds": .number(seconds),
    ]
    return JSON.object(members).text(.compact)
  }
}

/// The outcome of a run.
///
/// ```swift
/// switch try trainer.run() {
/// case .finished(let step): print("done after \(step) steps")
/// case .alreadyFinished(let epoch, _): print("nothing to do: \(epoch) epochs are done")
/// case .outOfTime(let step): print("saved after step \(step); run again to resume")
/// case .stopped(let signal, let step): print("signal \(signal) after step \(step)")
/// }
/// ```
public enum Outcome: Equatable, Sendable {
  /// The run completed all requested epochs or steps.
  case finished(step: Int)

  /// The run was already finished.
  case alreadyFinished(epoch: Int, step: Int)

  /// The time of the run is over; it was saved.
  case outOfTime(step: Int)

  /// The run was stopped by a signal, and saved.
  case stopped(signal: Int32, step: Int)

  /// Whether all requested training is done.
  public var isFinished: Bool {
    switch self {
    case .finished, .alreadyFinished: true
    case .outOfTime, .stopped: false
    }
  }
}
