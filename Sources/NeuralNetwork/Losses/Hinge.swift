import Tensors

/// The hinge loss: the mean of max(1 − t · p, 0) for targets −1 and 1.
///
/// Targets that all are 0 or 1 are converted to −1 and 1.
///
/// Source: keras/src/losses/losses.py.
///
/// ```swift
/// let loss = Hinge()
/// let value = loss([[1, -1]], [[0.5, 0.5]]).scalar  // (0.5 + 1.5) / 2 = 1
/// ```
public struct Hinge: ElementwiseLoss, KerasPlainLoss {
  /// The reduction of the per-example losses to one value.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameter reduction: The reduction of the per-example losses to one value.
  public init(reduction: Reduction = .sumOverBatchSize) { self.reduction = reduction }

  /// The cost of an element.
  public var cost: ElementwiseCost { ElementwiseCost(.hinge, convertsTargets: true) }
}
