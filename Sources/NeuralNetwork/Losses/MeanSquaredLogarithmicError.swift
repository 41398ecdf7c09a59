public import Tensors

/// The mean of the squares of the differences of log(x + 1), for targets and predictions that are not
/// negative.
///
/// Source: keras/src/losses/losses.py.
public struct MeanSquaredLogarithmicError: Loss {
  /// The name of the class in Keras.
  public static let className = "MeanSquaredLogarithmicError"

  /// What is made of the losses of the examples.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameter reduction: What is made of the losses of the examples.
  public init(reduction: Reduction = .sumOverBatchSize) {
    self.reduction = reduction
  }

  /// The options, as Keras writes them.
  public var config: [String: JSON] { commonConfig() }

  /// Computes the loss of each example.
  ///
  /// - Parameters:
  ///   - yTrue: Targets, of shape `[…, values]`.
  ///   - yPred: Predictions, of the same shape.
  /// - Returns: The losses, of shape `[…]`.
  public func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    meanCosts(.logarithmic, yTrue, yPred)
  }
}
