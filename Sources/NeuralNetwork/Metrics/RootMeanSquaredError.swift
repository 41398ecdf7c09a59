public import Tensors

/// The root of the mean of the squares of the errors.
public final class RootMeanSquaredError: Metric {
  /// What the metric is called in logs.
  public let name: String

  private let mean = Mean()

  /// Creates a metric.
  ///
  /// - Parameter name: What it is called in logs.
  public init(name: String = "root_mean_squared_error") {
    self.name = name
  }

  /// The root of the mean over all examples.
  public var result: Double { mean.result.squareRoot() }

  /// Takes a batch into account.
  public func update(_ yTrue: Tensor, _ yPred: Tensor) {
    let (yTrue, yPred) = sameRank(yTrue, yPred)
    mean.update(examples: yPred.costs(.squared, targets: yTrue))
  }

  /// Forgets everything.
  public func reset() { mean.reset() }
}

extension RootMeanSquaredError: KerasMetric {
  /// Creates a metric with the options of a file.
  package convenience init(_ reader: SettingsReader, name: String) throws(KerasError) {
    self.init(name: name)
  }
}
