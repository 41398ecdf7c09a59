public import Tensors

/// The categorical hinge loss for one-hot targets: max(max((1 − t) · p) − Σ t · p + 1, 0).
///
/// Source: keras/src/losses/losses.py.
///
/// ```swift
/// let loss = CategoricalHinge()
/// let value = loss([[0, 1, 0]], [[0.3, 0.5, 0.2]]).scalar  // 0.3 - 0.5 + 1 = 0.8
/// ```
public struct CategoricalHinge: Loss, KerasPlainLoss, Sendable {
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
    yPred.categoricalHinge(targets: yTrue)
  }
}
