public import Tensors

/// The weighted mean of numbers.
///
///     let loss = Mean(name: "loss")
///     loss.update(batchLoss)
///
/// As a metric of ``Model/compile(optimizer:loss:metrics:)`` it is the mean of the predictions.
public final class Mean: Metric {
  /// What the mean is called in logs.
  public let name: String

  /// The weighted sum of the numbers so far.
  public var total: Double = 0

  /// The sum of the weights so far.
  public var count: Double = 0

  /// Creates a mean of nothing.
  ///
  /// - Parameter name: What it is called in logs.
  public init(name: String = "mean") {
    self.name = name
  }

  /// The mean; 0 if there was nothing.
  public var result: Double { count == 0 ? 0 : total / count }

  /// Takes each element of a tensor into account.
  ///
  /// - Parameters:
  ///   - values: The numbers.
  ///   - weight: The weight of each.
  public func update(_ values: Tensor, weight: Double = 1) {
    for value in values.scalars {
      total += Double(value) * weight
      count += weight
    }
  }

  /// Takes the predictions of a batch into account, each with the weight 1.
  ///
  /// - Parameters:
  ///   - yTrue: What the predictions should be; not used.
  ///   - yPred: The predictions.
  public func update(_ yTrue: Tensor, _ yPred: Tensor) { update(yPred) }

  /// Forgets everything.
  public func reset() {
    (total, count) = (0, 0)
  }
}

extension Mean: KerasMetric {
  /// Creates a metric with the options of a file.
  package convenience init(_ reader: SettingsReader, name: String) throws(KerasError) {
    self.init(name: name)
  }
}
