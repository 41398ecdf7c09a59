public import JSON
public import Tensors

/// A metric, accumulated over many batches.
///
/// A metric is an object that changes with every batch, and is used by one task at a time.
public protocol Metric: AnyObject {
  /// The name of the metric in logs, such as `accuracy`.
  var name: String { get }

  /// The class name in Keras; defaults to the name of the type.
  var kerasClassName: String { get }

  /// The config in Keras's form; by default, the name.
  var config: JSON.Object { get }

  /// The value over all batches since the last reset; 0 without any.
  var result: Double { get }

  /// Updates the metric with a batch.
  ///
  /// - Parameters:
  ///   - yTrue: The targets.
  ///   - yPred: The predictions.
  func update(_ yTrue: Tensor, _ yPred: Tensor)

  /// Resets the metric.
  func reset()
}

extension Metric {
  /// The class name in Keras, which is the name of the type.
  public var kerasClassName: String { "\(type(of: self))" }

  /// The config in Keras's form: the name.
  public var config: JSON.Object { ["name": .string(name)] }
}
