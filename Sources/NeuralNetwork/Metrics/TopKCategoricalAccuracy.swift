import Tensors

/// The top-k accuracy for one-hot targets: how often the target class is among the `k` largest
/// predictions.
public final class TopKCategoricalAccuracy: TopKAccuracy {
  override func matches(_ yTrue: Tensor, _ yPred: Tensor) -> [Bool] {
    topMatches(yTrue.argmax(), yPred, k: k)
  }
}

extension TopKCategoricalAccuracy: KerasMetric {
  /// Creates a metric with the options of a file.
  package convenience init(_ reader: OptionReader, name: String) throws(KerasError) {
    self.init(k: try reader.optionalCount("k") ?? 5, name: name)
  }
}
