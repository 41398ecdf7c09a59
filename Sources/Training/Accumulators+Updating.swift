import Checkpoints
import Tensors

extension TrainingState.Accumulators {
  /// The mean loss so far.
  var loss: Double { lossCount == 0 ? 0 : lossTotal / lossCount }

  /// The accuracy so far, in `0...1`.
  var accuracy: Double { count == 0 ? 0 : Double(correct) / Double(count) }

  /// Updates the sums with a batch.
  mutating func update(loss: Double, labels: Tensor, predictions: [Int]) {
    lossTotal += loss * Double(labels.count)
    lossCount += Double(labels.count)
    correct += zip(labels.scalars, predictions).count { $0 == Float($1) }
    count += labels.count
  }
}
