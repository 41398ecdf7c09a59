public import Tensors

/// The root of the mean squared error.
///
/// ```swift
/// let error = RootMeanSquaredError()
/// error.update([[0, 0]], [[3, 4]])
/// let result = error.result  // √((9 + 16) / 2) = 3.536
/// ```
public final class RootMeanSquaredError: Metric, KerasPlainMetric {
  /// The name of the metric in logs.
  public let name: String

  private let mean = Mean()

  /// Creates a metric.
  ///
  /// - Parameter name: The name of the metric in logs.
  public init(name: String = "root_mean_squared_error") {
    self.name = name
  }

  /// The root of the mean over all examples.
  public var result: Double { mean.result.squareRoot() }

  /// Updates the metric with a batch.
  public func update(_ yTrue: Tensor, _ yPred: Tensor) {
    let (yTrue, yPred) = sameRank(yTrue, yPred)
    mean.update(examples: yPred.costs(.squared, targets: yTrue))
  }

  /// Whether a higher value is better.
  public var prefersHigher: Bool? { false }

  /// The accumulated values: `total` and `count`.
  public var variables: [String: [Double]]? { mean.variables }

  /// Replaces the accumulated values.
  public func restore(_ variables: [String: [Double]]) -> Bool { mean.restore(variables) }

  /// Resets the metric.
  public func reset() { mean.reset() }
}
