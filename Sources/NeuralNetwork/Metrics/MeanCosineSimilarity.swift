public import Tensors

/// The mean cosine of the angle between targets and predictions.
///
/// This is Keras's metric `CosineSimilarity`, whose sign is not that of the loss of that name.
public final class MeanCosineSimilarity: Metric {
  /// What the metric is called in logs.
  public let name: String

  private let mean = Mean()

  /// Creates a metric.
  ///
  /// - Parameter name: What it is called in logs.
  public init(name: String = "cosine_similarity") {
    self.name = name
  }

  /// The name of the class in Keras.
  public var kerasClassName: String { Self.className }

  /// The mean over all examples.
  public var result: Double { mean.result }

  /// Takes a batch into account.
  public func update(_ yTrue: Tensor, _ yPred: Tensor) {
    let (yTrue, yPred) = sameRank(yTrue, yPred)
    mean.update(examples: yPred.cosineSimilarity(to: yTrue))
  }

  /// Forgets everything.
  public func reset() { mean.reset() }
}

extension MeanCosineSimilarity: KerasMetric {
  /// The name of the class in Keras.
  package static var className: String { CosineSimilarity.className }

  /// Creates a metric with the options of a file.
  package convenience init(_ reader: SettingsReader, name: String) throws(KerasError) {
    self.init(name: name)
  }
}
