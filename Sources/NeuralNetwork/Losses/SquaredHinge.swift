public import Tensors

/// The mean of the squares of max(1 − t · p, 0), for targets −1 and 1; targets that all are 0 or 1 are
/// taken to be −1 and 1.
///
/// Source: keras/src/losses/losses.py.
public struct SquaredHinge: Loss {
  /// The name of the class in Keras.
  public static let className = "SquaredHinge"

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
    meanCosts(.squaredHinge, signs(yTrue), yPred)
  }
}

extension SquaredHinge: KerasLoss {
  /// The class of the metric that is the mean of this loss.
  package static var metricClassName: String? { className }

  /// Creates a loss with the options of a file.
  package init(_ reader: SettingsReader, reduction: Reduction) throws(KerasError) {
    self.init(reduction: reduction)
  }
}
