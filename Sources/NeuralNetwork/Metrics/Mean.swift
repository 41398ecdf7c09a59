public import Tensors

/// The weighted mean of values.
///
/// ```swift
/// let mean = Mean(name: "loss")
/// mean.update([1, 2])
/// mean.update([6])
/// let result = mean.result  // 3
/// ```
///
/// As a metric of ``Model/compile(optimizer:loss:metrics:)``, it averages the predictions.
public final class Mean: Metric, KerasPlainMetric {
  /// The name of the metric in logs.
  public let name: String

  /// The weighted sum of the values so far.
  public var total: Double = 0

  /// The sum of the weights so far.
  public var count: Double = 0

  /// Creates a metric.
  ///
  /// - Parameter name: The name of the metric in logs.
  public init(name: String = "mean") {
    self.name = name
  }

  /// The mean; 0 without any values.
  public var result: Double { count == 0 ? 0 : total / count }

  /// Updates the mean with each element of a tensor.
  ///
  /// - Parameters:
  ///   - values: The values.
  ///   - weight: The weight of each value.
  public func update(_ values: Tensor, weight: Double = 1) {
    for value in values.scalars {
      total += Double(value) * weight
      count += weight
    }
  }

  /// Updates the mean with the predictions of a batch, each with weight 1.
  ///
  /// - Parameters:
  ///   - yTrue: The targets; not used.
  ///   - yPred: The predictions.
  public func update(_ yTrue: Tensor, _ yPred: Tensor) { update(yPred) }

  /// The accumulated values: `total` and `count`.
  public var variables: [String: [Double]]? { ["total": [total], "count": [count]] }

  /// Replaces the accumulated values.
  public func restore(_ variables: [String: [Double]]) -> Bool {
    guard variables.count == 2, let total = variables["total"], let count = variables["count"],
      total.count == 1, count.count == 1, total[0].isFinite, count[0].isFinite, count[0] >= 0
    else { return false }
    (self.total, self.count) = (total[0], count[0])
    return true
  }

  /// Resets the metric.
  public func reset() {
    (total, count) = (0, 0)
  }
}
