public import Tensors

/// The mean of the errors without their signs, in percent of the targets.
///
/// Source: keras/src/losses/losses.py.
public struct MeanAbsolutePercentageError: Loss {
  /// The name of the class in Keras.
  public static let className = "MeanAbsolutePercentageError"

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
    meanCosts(.percentage, yTrue, yPred) * 100
  }
}

extension MeanAbsolutePercentageError: KerasLoss {
  /// The other names in Keras.
  package static var aliases: [String] { ["mape", "MAPE"] }

  /// The class of the metric that is the mean of this loss.
  package static var metricClassName: String? { className }

  /// Creates a loss with the options of a file.
  package init(_ reader: SettingsReader, reduction: Reduction) throws(KerasError) {
    self.init(reduction: reduction)
  }
}
