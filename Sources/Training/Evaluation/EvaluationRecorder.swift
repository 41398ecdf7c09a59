import Checkpoints
package import Tensors

/// Collects the results of an evaluation, batch by batch.
package struct EvaluationRecorder {
  private var sums = TrainingState.Accumulators()
  private var classCount = 0
  private var labels: [UInt16] = []
  private var predictions: [UInt16] = []
  private var losses: [Float] = []
  private var logConfidences: [Float] = []

  /// Creates a recorder without examples.
  package init() {}

  /// Adds a batch.
  ///
  /// - Parameters:
  ///   - loss: The mean loss of the batch.
  ///   - labels: The true classes, of shape `[batch]`.
  ///   - logits: The logits, of shape `[batch, classes]`; logarithms of probabilities are logits
  ///     too.
  package mutating func add(loss: Double, labels: Tensor, logits: Tensor) {
    let predicted = logits.argmax()
    sums.update(loss: loss, labels: labels, predictions: predicted)
    classCount = logits.shape[1]
    let logarithms = logits.logSoftmax().scalars
    for (index, label) in labels.scalars.enumerated() {
      let row = index * classCount
      self.labels.append(UInt16(label))
      predictions.append(UInt16(predicted[index]))
      losses.append(-logarithms[row + Int(label)])
      logConfidences.append(logarithms[row + predicted[index]])
    }
  }

  /// The results.
  package var evaluation: Evaluation {
    Evaluation(
      loss: sums.loss, accuracy: sums.accuracy, classCount: classCount, labels: labels,
      predictions: predictions, losses: losses, logConfidences: logConfidences)
  }
}
