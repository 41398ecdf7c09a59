import Checkpoints
import Datasets
import NeuralNetwork

extension Trainer {
  /// Trains on one batch and evaluates one, to see that everything fits; nothing is written.
  ///
  /// - Returns: The results, after one step.
  /// - Throws: ``TrainingError`` if the model does not fit the data, or the loss is not finite.
  public func rehearse() throws(TrainingError) -> EpochResult {
    try adaptModel(options.model)
    try readInitialWeights()
    try useData()
    try beginAnew()
    try build()
    let start = ContinuousClock.now
    var iterator = try batches(at: .init())
    if let (images, labels) = iterator.next() { try step(images, labels) }
    let seconds = Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000
    let test = try evaluate(evaluationBatches.take(1))
    if let failure = images.failure ?? evaluated.failure { throw .data(failure) }
    return EpochResult(
      epoch: 1, loss: state.accumulators.loss, accuracy: state.accumulators.accuracy,
      evaluatedOn: evaluatedOn, evaluationLoss: test?.loss ?? 0,
      evaluationAccuracy: test?.accuracy ?? 0,
      step: 1, seconds: seconds)
  }
}
