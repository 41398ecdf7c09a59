import Tensors

/// The top-k accuracy for one-hot targets: how often the target class is among the `k` largest
/// predictions.
///
/// ```swift
/// let accuracy = TopKCategoricalAccuracy(k: 2)
/// accuracy.update([[0, 0, 1], [0, 0, 1]], [[0.1, 0.6, 0.3], [0.5, 0.4, 0.1]])
/// let result = accuracy.result  // 0.5: in the first row, class 2 is the second largest
/// ```
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
