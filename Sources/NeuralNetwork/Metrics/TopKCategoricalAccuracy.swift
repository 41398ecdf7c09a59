public import JSON
import Preconditions
import Tensors

/// The top-k accuracy for one-hot targets: how often the target class is among the `k` largest
/// predictions.
public final class TopKCategoricalAccuracy: Accuracy {
  /// The number of largest predictions that count as correct, at least 1.
  public let k: Int

  /// Creates a metric.
  ///
  /// - Parameters:
  ///   - k: The number of largest predictions that count as correct, at least 1.
  ///   - name: The name of the metric in logs.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    k: Int = 5, name: String = "top_k_categorical_accuracy", file: StaticString = #fileID,
    line: UInt = #line
  ) {
    require(k > 0, "`k` must be at least 1, but is \(k).", file: file, line: line)
    self.k = k
    super.init(name: name)
  }

  /// The config in Keras's form.
  public override var config: [String: JSON] {
    super.config.merging(["k": .integer(k)]) { $1 }
  }

  override func matches(_ yTrue: Tensor, _ yPred: Tensor) -> [Bool] {
    topMatches(yTrue.argmax(), yPred, k: k)
  }
}

extension TopKCategoricalAccuracy: KerasMetric {
  /// Creates a metric with the options of a file.
  package convenience init(_ reader: SettingsReader, name: String) throws(KerasError) {
    self.init(k: try reader.optionalCount("k") ?? 5, name: name)
  }
}
