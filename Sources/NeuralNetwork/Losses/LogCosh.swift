public import Tensors

/// The mean of the logarithms of the hyperbolic cosines of the errors: a square for small errors, and
/// linear for large ones.
///
/// Source: keras/src/losses/losses.py.
public struct LogCosh: Loss {
  /// The name of the class in Keras.
  public static let className = "LogCosh"

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
    meanCosts(.logCosh, yTrue, yPred)
  }
}

extension LogCosh: KerasLoss {
  /// The other names in Keras.
  package static var aliases: [String] { ["logcosh"] }

  /// The class of the metric that is the mean of this loss.
  package static var metricClassName: String? { "LogCoshError" }

  /// Creates a loss with the options of a file.
  package init(_ reader: SettingsReader, reduction: Reduction) throws(KerasError) {
    self.init(reduction: reduction)
  }
}
