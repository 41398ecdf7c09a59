public import Tensors

/// The mean of the absolute errors in percent of the targets.
///
/// Source: keras/src/losses/losses.py.
///
/// ```swift
/// let loss = MeanAbsolutePercentageError()
/// let value = loss([[10, 20]], [[11, 16]]).scalar  // (10 % + 20 %) / 2 = 15
/// ```
public struct MeanAbsolutePercentageError: Loss, KerasPlainLoss, Sendable {
  /// The reduction of the per-example losses to one value.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameter reduction: The reduction of the per-example losses to one value.
  public init(reduction: Reduction = .sumOverBatchSize) { self.reduction = reduction }

  /// Computes the per-example losses.
  ///
  /// - Parameters:
  ///   - yTrue: Targets, of shape `[…, values]`.
  ///   - yPred: Predictions, of the same shape.
  /// - Returns: The per-example losses, of shape `[…]`.
  public func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    meanCosts(.percentage, yTrue, yPred) * 100
  }

  /// The other names in Keras.
  package static var aliases: [String] { ["mape", "MAPE"] }
}
