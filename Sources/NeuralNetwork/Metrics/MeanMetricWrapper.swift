public import Tensors

/// The mean of a loss over examples.
///
/// In Keras most losses are metrics too, under the same names: `MeanSquaredError` is
/// `MeanMetricWrapper(MeanSquaredError())` here.
public final class MeanMetricWrapper: Metric {
  /// The loss; what it makes of a batch does not count.
  public let loss: any Loss

  /// What the metric is called in logs.
  public let name: String

  private let mean = Mean()

  /// Creates a metric.
  ///
  /// - Parameters:
  ///   - loss: The loss.
  ///   - name: What the metric is called in logs; by default the class of the loss in Keras's manner.
  public init(_ loss: any Loss, name: String? = nil) {
    self.loss = loss
    // Keras calls the metric `logcosh`, and everything else after its class.
    self.name = name ?? (loss is LogCosh ? "logcosh" : type(of: loss).className.snakeCased)
  }

  /// The name of the class in Keras.
  public var kerasClassName: String {
    (type(of: loss) as? any KerasLoss.Type)?.metricClassName ?? type(of: loss).className
  }

  /// The options, as Keras writes them.
  public var config: [String: JSON] {
    var config = loss.config
    config["reduction"] = nil
    config["name"] = .string(name)
    return config
  }

  /// The mean over all examples.
  public var result: Double { mean.result }

  /// Takes a batch into account.
  public func update(_ yTrue: Tensor, _ yPred: Tensor) {
    mean.update(examples: loss.perExample(yTrue, yPred))
  }

  /// Forgets everything.
  public func reset() { mean.reset() }
}

extension Mean {
  /// Takes the mean of each example into account.
  func update(examples values: Tensor) {
    let examples = Double(values.shape.first ?? 1)
    let sum = values.scalars.reduce(0) { $0 + Double($1) }
    total += sum * examples / Double(max(values.count, 1))
    count += examples
  }
}
