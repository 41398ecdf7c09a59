import Tensors

/// The squared hinge loss: the mean of max(1 − t · p, 0)² for targets −1 and 1.
///
/// Targets that all are 0 or 1 are converted to −1 and 1.
///
/// Source: keras/src/losses/losses.py.
///
/// ```swift
/// let loss = SquaredHinge()
/// let value = loss([[1, -1]], [[0.5, 0.5]]).scalar  // (0.5² + 1.5²) / 2 = 1.25
/// ```
public struct SquaredHinge: ElementwiseLoss, KerasPlainLoss {
  /// The reduction of the per-example losses to one value.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameter reduction: The reduction of the per-example losses to one value.
  public init(reduction: Reduction = .sumOverBatchSize) { self.reduction = reduction }

  /// The cost of an element.
  public var cost: ElementwiseCost { ElementwiseCost(.squaredHinge, convertsTargets: true) }
}
