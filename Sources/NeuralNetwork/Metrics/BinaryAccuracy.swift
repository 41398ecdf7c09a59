import Tensors

/// How often a prediction is on the side of a threshold that its target, 0 or 1, names.
public final class BinaryAccuracy: Accuracy {
  /// Above which prediction the class is 1.
  public let threshold: Double

  /// Creates a metric.
  ///
  /// - Parameters:
  ///   - threshold: Above which prediction the class is 1.
  ///   - name: What it is called in logs.
  public init(threshold: Double = 0.5, name: String = "binary_accuracy") {
    self.threshold = threshold
    super.init(name: name)
  }

  /// The options, as Keras writes them.
  public override var config: [String: JSON] {
    super.config.merging(["threshold": .number(threshold)]) { $1 }
  }

  override func matches(_ yTrue: Tensor, _ yPred: Tensor) -> [Bool] {
    binaryMatches(yTrue, yPred, threshold: Float(threshold))
  }
}

extension BinaryAccuracy: KerasMetric {
  /// Creates a metric with the options of a file.
  package convenience init(_ reader: SettingsReader, name: String) throws(KerasError) {
    self.init(threshold: try reader.number("threshold", default: 0.5), name: name)
  }
}
