import Tensors

/// The accuracy for class indices: how often the largest prediction belongs to the target class.
///
/// ```swift
/// let accuracy = SparseCategoricalAccuracy()
/// accuracy.update([0, 1], [[0.9, 0.1], [0.7, 0.3]])
/// let result = accuracy.result  // 0.5: the second row is wrong
/// ```
public final class SparseCategoricalAccuracy: Accuracy, KerasPlainMetric {
  /// Creates a metric.
  ///
  /// - Parameter name: The name of the metric in logs.
  public override init(name: String = "sparse_categorical_accuracy") {
    super.init(name: name)
  }

  override func matches(_ yTrue: Tensor, _ yPred: Tensor) -> [Bool] {
    sparseMatches(yTrue, yPred)
  }
}
