import Tensors

/// The accuracy for class indices: how often the largest prediction belongs to the target class.
public final class SparseCategoricalAccuracy: Accuracy {
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

extension SparseCategoricalAccuracy: KerasMetric {
  /// Creates a metric with the options of a file.
  package convenience init(_ reader: SettingsReader, name: String) throws(KerasError) {
    self.init(name: name)
  }
}
