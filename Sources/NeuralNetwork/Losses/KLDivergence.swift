public import Tensors

/// The Kullback-Leibler divergence of target distributions and predicted ones.
///
/// Source: keras/src/losses/losses.py.
public struct KLDivergence: Loss {
  /// The name of the class in Keras.
  public static let className = "KLDivergence"

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
    yPred.costs(.divergence, targets: yTrue).sum(axes: [-1])
  }
}
