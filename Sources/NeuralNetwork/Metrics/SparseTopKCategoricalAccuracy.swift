import JSON
import Tensors

/// The top-k accuracy for class indices: how often the target class is among the `k` largest
/// predictions.
///
/// ```swift
/// let accuracy = SparseTopKCategoricalAccuracy(k: 2)
/// accuracy.update([2, 2], [[0.1, 0.6, 0.3], [0.5, 0.4, 0.1]])
/// let result = accuracy.result  // 0.5: in the first row, class 2 is the second largest
/// ```
public final class SparseTopKCategoricalAccuracy: TopKAccuracy {
  override func matches(_ yTrue: Tensor, _ yPred: Tensor) -> [Bool] {
    topMatches(yTrue.scalars.map { Int(exactly: $0) }, yPred, k: k)
  }
}

extension SparseTopKCategoricalAccuracy: KerasMetric {
  /// Creates a metric with the options of a file.
  package convenience init(_ reader: OptionReader, name: String) throws(KerasError) {
    try reader.require("from_sorted_ids", .bool(false))
    self.init(k: try reader.optionalCount("k") ?? 5, name: name)
  }
}
