public import Tensors

/// The Kullback-Leibler divergence of predicted distributions from target distributions.
///
/// Source: keras/src/losses/losses.py.
///
/// ```swift
/// let loss = KLDivergence()
/// let value = loss([[0.5, 0.5]], [[0.9, 0.1]]).scalar  // 0.5 log (0.5/0.9) + 0.5 log 5 = 0.511
/// ```
public struct KLDivergence: Loss, KerasPlainLoss, Sendable {
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
    yPred.costs(.divergence, targets: yTrue).sum(axes: [-1])
  }

  /// The other names in Keras.
  package static var aliases: [String] { ["kld", "KLD", "kullback_leibler_divergence"] }
}
