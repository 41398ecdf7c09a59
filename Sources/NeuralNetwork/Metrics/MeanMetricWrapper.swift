public import JSON
public import Tensors

/// A metric that averages a loss over examples.
///
/// In Keras, most losses also exist as metrics of the same name. Here,
/// `MeanMetricWrapper(MeanSquaredError())` is the metric `MeanSquaredError`.
///
/// ```swift
/// let error = MeanMetricWrapper(MeanAbsoluteError())
/// error.update([[0], [2]], [[1], [4]])
/// print(error.name, error.result)  // mean_absolute_error 1.5
/// ```
public final class MeanMetricWrapper: Metric {
  /// The loss; its reduction is ignored.
  public let loss: any Loss

  /// The name of the metric in logs.
  public let name: String

  private let mean = Mean()

  /// Creates a metric.
  ///
  /// - Parameters:
  ///   - loss: The loss.
  ///   - name: The name of the metric in logs; defaults to Keras's, usually the loss's class name
  ///     in snake case.
  public init(_ loss: any Loss, name: String? = nil) {
    self.loss = loss
    let type = type(of: loss)
    self.name = name ?? (type as? any KerasLoss.Type)?.metricName ?? type.className.snakeCased
  }

  /// The name of the class in Keras.
  public var kerasClassName: String {
    (type(of: loss) as? any KerasLoss.Type)?.metricClassName ?? type(of: loss).className
  }

  /// The config in Keras's form.
  public var config: JSON.Object {
    var config = loss.config
    config["reduction"] = nil
    config["name"] = .string(name)
    return config
  }

  /// The mean over all examples.
  public var result: Double { mean.result }

  /// Updates the metric with a batch.
  public func update(_ yTrue: Tensor, _ yPred: Tensor) {
    mean.update(examples: loss.perExample(yTrue, yPred), mask: yPred.mask)
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

extension Mean {
  /// Updates the mean with the mean of each example.
  func update(examples values: Tensor, mask: Tensor? = nil) {
    let weight = Double(values.shape.first ?? 1) / Double(max(values.count, 1))
    func sum(_ values: Tensor) -> Double { values.scalars.reduce(0) { $0 + Double($1) } }
    guard let mask, mask.shape == values.shape else {
      total += sum(values) * weight
      count += Double(values.shape.first ?? 1)
      return
    }
    total += sum(values * mask) * weight
    count += sum(mask) * weight
  }
}
