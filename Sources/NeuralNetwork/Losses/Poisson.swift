import Tensors

/// The Poisson loss of predicted event rates, up to a constant: the mean of p − t · log p.
///
/// Source: keras/src/losses/losses.py.
///
/// ```swift
/// let loss = Poisson()
/// let value = loss([[2]], [[3]]).scalar  // 3 - 2 log 3 = 0.803
/// ```
public struct Poisson: ElementwiseLoss, KerasPlainLoss {
  /// The reduction of the per-example losses to one value.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameter reduction: The reduction of the per-example losses to one value.
  public init(reduction: Reduction = .sumOverBatchSize) { self.reduction = reduction }

  /// The cost of an element.
  public var cost: ElementwiseCost { ElementwiseCost(.poisson) }
}
