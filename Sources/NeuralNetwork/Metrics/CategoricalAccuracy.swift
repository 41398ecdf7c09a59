import Tensors

/// The accuracy for one-hot targets: how often the largest prediction matches the largest target.
///
/// ```swift
/// let accuracy = CategoricalAccuracy()
/// accuracy.update([[1, 0], [0, 1]], [[0.9, 0.1], [0.7, 0.3]])
/// let result = accuracy.result  // 0.5: the second row is wrong
/// ```
public final class CategoricalAccuracy: Accuracy, KerasPlainMetric {
  /// Creates a metric.
  ///
  /// - Parameter name: The name of the metric in logs.
  public override init(name: String = "categorical_accuracy") {
    super.init(name: name)
  }

  override func matches(_ yTrue: Tensor, _ yPred: Tensor) -> [Bool] {
    categoricalMatches(yTrue, yPred)
  }
}
