import Checkpoints
import Datasets
import Inference
import Ranks

extension Trainer {
  /// The results of the run so far; `nil` before its first evaluation.
  public var summary: RunSummary? {
    func epoch(_ number: Int) -> RunSummary.Epoch {
      let accuracy = state.history[evaluatedOn.accuracyName]?[number - 1] ?? 0
      let count = evaluated.count
      return .init(
        number: number, loss: state.history[evaluatedOn.lossName]?[number - 1] ?? 0,
        accuracy: accuracy,
        interval: wilsonInterval(
          successes: Int((accuracy * Double(count)).rounded()), of: count))
    }
    var last = state.epoch > 0 ? epoch(state.epoch) : nil
    if state.stepInEpoch > 0, let evaluation {
      // The run ends within an epoch.
      last = .init(
        number: state.epoch + 1, loss: evaluation.loss, accuracy: evaluation.accuracy,
        interval: evaluation.accuracyInterval)
    }
    guard let last else { return nil }
    let completed = Array(1..<state.epoch + 1)
    return RunSummary(
      evaluatedOn: evaluatedOn,
      best: monitor.result.best(of: completed, in: state.history).map(epoch) ?? last, last: last,
      evaluation: testEvaluation ?? evaluation,
      evaluationSet: testEvaluation == nil ? evaluatedOn : .test,
      classNames: (0..<settings.classes).map(className), rejectedClass: rejectedClass,
      processes: communicator.size, sentBytesPerStep: sentBytesPerStep, calibration: calibration)
  }
}
