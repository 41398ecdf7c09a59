import Tensors

/// The accuracy for class indices: how often the largest prediction belongs to the target class.
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
