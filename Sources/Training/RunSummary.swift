/// The results of a run so far, for display.
///
/// ```swift
/// if let summary = trainer.summary {
///   print("best epoch: \(summary.best.number), accuracy \(summary.best.accuracy)")
///   print("last: \(summary.last.accuracy) on the \(summary.evaluatedOn.rawValue) data")
/// }
/// ```
public struct RunSummary: Equatable, Sendable {
  /// The evaluation after an epoch.
  public struct Epoch: Equatable, Sendable {
    /// The number of the epoch, from 1.
    public let number: Int

    /// The mean loss over the pictures of the evaluation.
    public let loss: Double

    /// The accuracy on them, in `0...1`.
    public let accuracy: Double

    /// The 95 % confidence interval of the accuracy.
    public let interval: ClosedRange<Double>
  }

  /// The pictures on which the model was evaluated after each epoch.
  public let evaluatedOn: EvaluationSet

  /// The best epoch by the monitored metric.
  public let best: Epoch

  /// The last epoch.
  public let last: Epoch

  /// The evaluation of the finished model on the test data, or else the last one of this process;
  /// `nil` if there was none.
  public let evaluation: Evaluation?

  /// The pictures of ``evaluation``.
  public let evaluationSet: EvaluationSet

  /// The names of the classes, or their numbers.
  public let classNames: [String]

  /// The index of the rejected class; `nil` if there is none.
  public let rejectedClass: Int?

  /// The number of processes that shared the work, and the bytes that each sent to others in a
  /// step.
  public let processes: Int, sentBytesPerStep: Int

  /// The calibration of the saved weights; `nil` if there is none.
  public let calibration: Calibration?
}
