import Tensors

/// The mean of the absolute errors.
///
/// Source: keras/src/losses/losses.py.
///
/// ```swift
/// let loss = MeanAbsoluteError()
/// let value = loss([[0, 2]], [[1, 4]]).scalar  // (1 + 2) / 2 = 1.5
/// ```
public struct MeanAbsoluteError: ElementwiseLoss, KerasPlainLoss {
  /// The reduction of the per-example losses to one value.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameter reduction: The reduction of the per-example losses to one value.
  public init(reduction: Reduction = .sumOverBatchSize) { self.reduction = reduction }

  /// The cost of an element.
  public var cost: ElementwiseCost { ElementwiseCost(.absolute) }

  /// The other names in Keras.
  package static var aliases: [String] { ["mae", "MAE"] }
}
