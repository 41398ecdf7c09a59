public import Tensors

/// A number that is collected over many batches.
public protocol Metric: AnyObject {
  /// What the metric is called in logs, such as `accuracy`.
  var name: String { get }

  /// The name of the class in Keras; by default that of the type.
  var kerasClassName: String { get }

  /// The options, as Keras writes them; by default the name.
  var config: [String: JSON] { get }

  /// The value over everything since the last reset; 0 if there was nothing.
  var result: Double { get }

  /// Takes a batch into account.
  ///
  /// - Parameters:
  ///   - yTrue: What the predictions should be.
  ///   - yPred: The predictions.
  func update(_ yTrue: Tensor, _ yPred: Tensor)

  /// Forgets everything.
  func reset()
}

extension Metric {
  /// The name of the class in Keras: that of the type.
  public var kerasClassName: String { "\(type(of: self))" }

  /// The options, as Keras writes them: the name.
  public var config: [String: JSON] { ["name": .string(name)] }
}
