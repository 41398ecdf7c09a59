public import JSON
import Tensors

/// The fraction of predictions that equal their target, 0 or 1, after thresholding.
///
/// ```swift
/// let accuracy = BinaryAccuracy(threshold: 0.5)
/// accuracy.update([[1], [0]], [[0.8], [0.6]])
/// let result = accuracy.result  // 0.5: 0.6 counts as 1
/// ```
public final class BinaryAccuracy: Accuracy {
  /// The threshold: larger predictions mean class 1.
  public let threshold: Double

  /// Creates a metric.
  ///
  /// - Parameters:
  ///   - threshold: The threshold: larger predictions mean class 1.
  ///   - name: The name of the metric in logs.
  public init(threshold: Double = 0.5, name: String = "binary_accuracy") {
    self.threshold = threshold
    super.init(name: name)
  }

  /// The config in Keras's form.
  public override var config: JSON.Object {
    super.config.merging(["threshold": .number(threshold)]) { $1 }
  }

  override func matches(_ yTrue: Tensor, _ yPred: Tensor) -> [Bool] {
    binaryMatches(yTrue, yPred, threshold: Float(threshold))
  }
}

extension BinaryAccuracy: KerasMetric {
  /// Creates a metric with the options of a file.
  package convenience init(_ reader: OptionReader, name: String) throws(KerasError) {
    self.init(threshold: try reader.number("threshold", default: 0.5), name: name)
  }
}
