public import Checkpoints

/// Something that happens in a run and that somebody may want to show.
public enum TrainingEvent: Sendable {
  /// The run goes on from a checkpoint.
  case resumed(path: String, epoch: Int, stepInEpoch: Int, step: Int)

  /// The run begins with the weights and the optimizer of a file that holds no run.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - iterations: How many steps the optimizer has taken.
  ///   - learningRate: The learning rate of the next step.
  ///   - notes: What its user should know about how the file was read.
  case began(path: String, iterations: Int, learningRate: Float, notes: [String])

  /// A setting was changed, or will be as of a later step.
  case changed(RunChange)

  /// The optimizer was not reset, because it has been after the step.
  case alreadyReset(step: Int)

  /// A step is done.
  case step(Progress)

  /// The epoch's training is done and the test images are being looked at.
  case evaluating

  /// An epoch is done, or the part of it in which the run ends.
  case epoch(EpochResult)

  /// A signal asked the run to stop: it is saved next, and ends.
  case stopping(signal: Int32, step: Int)

  /// A checkpoint is on the disk; `isLast` if the run ends with it.
  case saved(path: String, step: Int, isLast: Bool)

  /// A checkpoint could not be saved; what was saved before is still there.
  ///
  /// - Parameters:
  ///   - saved: The newest checkpoint that is on the disk, if there is one.
  ///   - isLast: Whether the run has ended, so that there is nothing to do but to save it.
  case saveFailed(CheckpointError, saved: SavedCheckpoint?, isLast: Bool)

  /// A save that had been interrupted was completed, before the run went on.
  case rolledForward(path: String, step: Int)

  /// The path, which lacked the newest checkpoint, holds it again: it was in another file of the run.
  case pathRestored(path: String, from: String)

  /// The best epoch so far cannot be kept, as its state is in no checkpoint any more.
  ///
  /// - Parameters:
  ///   - path: Where the best epoch is kept.
  ///   - epoch: The best epoch.
  ///   - kept: The epoch that is kept until there is a better one, if there is one.
  case bestIsGone(path: String, epoch: Int, kept: Int?)

  /// A checkpoint was passed over because it is not good, and got another name if it is damaged.
  case rejected(Recovery.Rejected, setAsideAs: String?)

  /// The log lacks lines; the run goes on, and writes them at the next occasion if that is possible.
  case logFailed(path: String, LogProblem)

  /// Something that the user should know of.
  case warning(String)
}

/// Where an epoch stands.
public struct Progress: Sendable {
  /// The number of the epoch, from 1.
  public let epoch: Int

  /// The number of epochs after which the run is finished.
  public let epochs: Int

  /// How many steps of it are done.
  public let step: Int

  /// How many steps it has.
  public let stepsInEpoch: Int

  /// How many images a step takes.
  public let batchSize: Int

  /// The mean loss since the epoch began.
  public let loss: Double

  /// The share of right predictions since the epoch began, in `0...1`.
  public let accuracy: Double
}

/// What was measured in an epoch.
public struct EpochResult: Equatable, Sendable {
  /// The number of the epoch, from 1.
  public let epoch: Int

  /// The mean loss over the training images.
  public let loss: Double

  /// The share of training images that were recognised, in `0...1`.
  public let accuracy: Double

  /// The mean loss over the test images.
  public let testLoss: Double

  /// The share of test images that are recognised, in `0...1`.
  public let testAccuracy: Double

  /// How many steps were done since the beginning of the run.
  public let step: Int

  /// How long the epoch took in this process, in seconds, without its evaluation.
  public let seconds: Double

  /// The result as a JSON object on one line.
  ///
  /// - Parameter withSeconds: Whether it tells how long the epoch took, which differs from run to run.
  /// - Returns: The object; its numbers are exact.
  public func json(withSeconds: Bool = true) -> String {
    """
    {"epoch":\(epoch),"loss":\(loss),"accuracy":\(accuracy),\
    "test_loss":\(testLoss),"test_accuracy":\(testAccuracy),\
    "step":\(step)\(withSeconds ? ",\"seconds\":\(seconds)" : "")}
    """
  }
}

/// How a run ended.
public enum Outcome: Equatable, Sendable {
  /// It did what it was asked for.
  case finished(step: Int)

  /// There was nothing left to do.
  case alreadyFinished(epoch: Int, step: Int)

  /// It was stopped by a signal, and has saved itself.
  case stopped(signal: Int32, step: Int)

  /// Whether all that was asked for is done.
  public var isFinished: Bool {
    if case .stopped = self { return false }
    return true
  }
}
