public import Tensors

/// The negative cosine similarity of targets and predictions along the last axis: −1 for the same
/// direction.
///
/// Source: keras/src/losses/losses.py.
///
/// ```swift
/// let loss = CosineSimilarity()
/// let value = loss([[1, 0], [1, 0]], [[2, 0], [0, 3]]).scalar  // mean of -1 and 0 = -0.5
/// ```
public struct CosineSimilarity: Loss, KerasPlainLoss, Sendable {
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
    let (yTrue, yPred) = sameRank(yTrue, yPred)
    return -yPred.cosineSimilarity(to: yTrue)
  }

  /// No metric of Keras is the mean of this loss.
  package static var metricClassName: String? { nil }
}
