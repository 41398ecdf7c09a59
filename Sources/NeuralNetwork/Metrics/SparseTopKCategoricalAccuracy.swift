import Preconditions
import Tensors

/// How often the prediction of the class whose index is given is among the `k` largest.
public final class SparseTopKCategoricalAccuracy: Accuracy {
  /// How many predictions count, at least 1.
  public let k: Int

  /// Creates a metric.
  ///
  /// - Parameters:
  ///   - k: How many predictions count, at least 1.
  ///   - name: What it is called in logs.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    k: Int = 5, name: String = "sparse_top_k_categorical_accuracy", file: StaticString = #fileID,
    line: UInt = #line
  ) {
    require(k > 0, "`k` must be at least 1, but is \(k).", file: file, line: line)
    self.k = k
    super.init(name: name)
  }

  /// The options, as Keras writes them.
  public override var config: [String: JSON] {
    super.config.merging(["k": .integer(k)]) { $1 }
  }

  override func matches(_ yTrue: Tensor, _ yPred: Tensor) -> [Bool] {
    topMatches(yTrue.scalars.map { Int(exactly: $0) }, yPred, k: k)
  }
}

extension SparseTopKCategoricalAccuracy: KerasMetric {
  /// Creates a metric with the options of a file.
  package convenience init(_ reader: SettingsReader, name: String) throws(KerasError) {
    try reader.require("from_sorted_ids", .bool(false))
    self.init(k: try reader.optionalCount("k") ?? 5, name: name)
  }
}
