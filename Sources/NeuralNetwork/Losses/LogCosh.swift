import Tensors

/// The mean of log(cosh(error)): quadratic for small errors, and linear for large ones.
///
/// Source: keras/src/losses/losses.py.
///
/// ```swift
/// let loss = LogCosh()
/// let value = loss([[0, 0]], [[1, -10]]).scalar  // (0.434 + 9.307) / 2 = 4.870
/// ```
public struct LogCosh: ElementwiseLoss, KerasPlainLoss {
  /// The reduction of the per-example losses to one value.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameter reduction: The reduction of the per-example losses to one value.
  public init(reduction: Reduction = .sumOverBatchSize) { self.reduction = reduction }

  /// The cost of an element.
  public var cost: ElementwiseCost { ElementwiseCost(.logCosh) }

  /// The other names in Keras.
  package static var aliases: [String] { ["logcosh"] }

  /// The class of the metric that is the mean of this loss.
  package static var metricClassName: String? { "LogCoshError" }

  /// The name of the metric in logs.
  package static var metricName: String { "logcosh" }
}
