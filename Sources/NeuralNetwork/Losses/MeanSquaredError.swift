import Tensors

/// The mean of the squared errors.
///
/// Source: keras/src/losses/losses.py.
///
/// ```swift
/// let loss = MeanSquaredError()
/// let value = loss([[0, 2]], [[1, 4]]).scalar  // (1² + 2²) / 2 = 2.5
/// ```
public struct MeanSquaredError: ElementwiseLoss, KerasPlainLoss {
  /// The reduction of the per-example losses to one value.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameter reduction: The reduction of the per-example losses to one value.
  public init(reduction: Reduction = .sumOverBatchSize) { self.reduction = reduction }

  /// The cost of an element.
  public var cost: ElementwiseCost { ElementwiseCost(.squared) }

  /// The other names in Keras.
  package static var aliases: [String] { ["mse", "MSE"] }
}
