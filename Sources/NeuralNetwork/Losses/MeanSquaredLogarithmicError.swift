import Tensors

/// The mean squared difference of log(x + 1), for targets and predictions of at least 0.
///
/// Source: keras/src/losses/losses.py.
///
/// ```swift
/// let loss = MeanSquaredLogarithmicError()
/// let value = loss([[99, 0]], [[9, 0]]).scalar  // (log 100 - log 10)² / 2 = 2.651
/// ```
public struct MeanSquaredLogarithmicError: ElementwiseLoss, KerasPlainLoss {
  /// The reduction of the per-example losses to one value.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameter reduction: The reduction of the per-example losses to one value.
  public init(reduction: Reduction = .sumOverBatchSize) { self.reduction = reduction }

  /// The cost of an element.
  public var cost: ElementwiseCost { ElementwiseCost(.logarithmic) }

  /// The other names in Keras.
  package static var aliases: [String] { ["msle", "MSLE"] }
}
