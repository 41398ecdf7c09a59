public import JSON
import Preconditions

/// The base class of top-k accuracies: how often the target class is among the `k` largest
/// predictions.
///
/// Use ``TopKCategoricalAccuracy`` or ``SparseTopKCategoricalAccuracy``.
///
/// See ``TopKCategoricalAccuracy`` for an example.
public class TopKAccuracy: Accuracy {
  /// The number of largest predictions that count as correct, at least 1.
  public final let k: Int

  /// Creates a metric.
  ///
  /// - Parameters:
  ///   - k: The number of largest predictions that count as correct, at least 1.
  ///   - name: The name of the metric in logs; defaults to the class name in snake case, as in
  ///     Keras.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    k: Int = 5, name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(k > 0, "`k` must be at least 1, but is \(k).", file: file, line: line)
    self.k = k
    super.init(name: name ?? "\(Self.self)".snakeCased)
  }

  /// The config in Keras's form.
  public final override var config: JSON.Object {
    super.config.merging(["k": .integer(k)]) { $1 }
  }
}
