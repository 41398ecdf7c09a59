public import Tensors

/// How often the largest prediction is that of the class whose index is given.
public final class SparseCategoricalAccuracy: Metric {
  /// What the metric is called in logs.
  public let name: String

  /// How many predictions were right so far.
  public var correct = 0

  /// How many predictions there were so far.
  public var count = 0

  /// Creates a metric.
  ///
  /// - Parameter name: What it is called in logs.
  public init(name: String = "accuracy") {
    self.name = name
  }

  /// The share of right predictions, in `0...1`.
  public var result: Double { count == 0 ? 0 : Double(correct) / Double(count) }

  /// Takes a batch into account.
  ///
  /// - Parameters:
  ///   - yTrue: Class indexes, one for each row of `yPred`.
  ///   - yPred: Logits or probabilities, of shape `[batch, classes]`.
  public func update(_ yTrue: Tensor, _ yPred: Tensor) {
    let predicted = yPred.argmax()
    precondition(predicted.count == yTrue.count, "each prediction needs one label")
    correct += zip(yTrue.scalars, predicted).count { $0 == Float($1) }
    count += predicted.count
  }

  /// Forgets everything.
  public func reset() {
    (correct, count) = (0, 0)
  }
}
