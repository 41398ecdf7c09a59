public import JSON
public import Tensors

/// A metric, accumulated over many batches.
///
/// A metric is an object that changes with every batch, and is used by one task at a time.
///
/// ```swift
/// final class MaximumError: Metric {
///   let name = "maximum_error"
///   private(set) var result = 0.0
///
///   func update(_ yTrue: Tensor, _ yPred: Tensor) {
///     result = max(result, Double((yTrue - yPred).abs().scalars.max() ?? 0))
///   }
///
///   func reset() { result = 0 }
/// }
/// let error = MaximumError()
/// error.update([1, 2], [1.5, 0])
/// print(error.result)  // 2.0
/// ```
public protocol Metric: AnyObject {
  /// The name of the metric in logs, such as `accuracy`.
  var name: String { get }

  /// The class name in Keras; defaults to the name of the type.
  var kerasClassName: String { get }

  /// The config in Keras's form; by default, the name.
  var config: JSON.Object { get }

  /// The value over all batches since the last reset; 0 without any.
  var result: Double { get }

  /// Whether a higher value is better; `nil` (the default) if the metric does not tell it.
  var prefersHigher: Bool? { get }

  /// The accumulated values by name, such as Keras's `total` and `count`; `nil` (the default) if
  /// the metric does not tell them.
  ///
  /// A run saves and restores them, so that it can be resumed within an epoch. Values must be
  /// finite, and names must not contain `/`.
  var variables: [String: [Double]]? { get }

  /// Replaces the accumulated values.
  ///
  /// - Parameter variables: The values of ``variables`` at another time.
  /// - Returns: Whether these can be values of the metric; if not, it is unchanged.
  func restore(_ variables: [String: [Double]]) -> Bool

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

  /// The direction: not told.
  public var prefersHigher: Bool? { nil }

  /// The accumulated values by name: not told.
  public var variables: [String: [Double]]? { nil }

  /// Replaces the accumulated values: not possible.
  public func restore(_ variables: [String: [Double]]) -> Bool { false }
}
