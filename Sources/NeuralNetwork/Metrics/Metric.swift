public import Tensors

/// A number that is collected over many batches.
public protocol Metric: AnyObject {
  /// What the metric is called in logs, such as `accuracy`.
  var name: String { get }

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
