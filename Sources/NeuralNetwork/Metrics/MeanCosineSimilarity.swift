public import Tensors

/// The mean cosine similarity of targets and predictions.
///
/// This is Keras's metric `CosineSimilarity`. The loss of the same name has the opposite sign.
///
/// ```swift
/// let similarity = MeanCosineSimilarity()
/// similarity.update([[1, 0], [1, 0]], [[2, 0], [0, 3]])
/// let result = similarity.result  // (1 + 0) / 2 = 0.5
/// ```
public final class MeanCosineSimilarity: Metric {
  /// The name of the metric in logs.
  public let name: String

  private let mean = Mean()

  /// Creates a metric.
  ///
  /// - Parameter name: The name of the metric in logs.
  public init(name: String = "cosine_similarity") {
    self.name = name
  }

  /// The name of the class in Keras.
  public var kerasClassName: String { Self.className }

  /// The mean over all examples.
  public var result: Double { mean.result }

  /// Updates the metric with a batch.
  public func update(_ yTrue: Tensor, _ yPred: Tensor) {
    let mask = yPred.mask
    let (yTrue, yPred) = sameRank(yTrue, yPred)
    mean.update(examples: yPred.cosineSimilarity(to: yTrue), mask: mask)
  }

  /// Whether a higher value is better.
  public var prefersHigher: Bool? { true }

  /// The accumulated values: `total` and `count`.
  public var variables: [String: [Double]]? { mean.variables }

  /// Replaces the accumulated values.
  public func restore(_ variables: [String: [Double]]) -> Bool { mean.restore(variables) }

  /// Resets the metric.
  public func reset() { mean.reset() }
}

extension MeanCosineSimilarity: KerasPlainMetric {
  /// The name of the class in Keras.
  package static var className: String { CosineSimilarity.className }
}
