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

extension KLDivergence: KerasLoss {
  /// The other names in Keras.
  package static var aliases: [String] { ["kld", "KLD", "kullback_leibler_divergence"] }

  /// The class of the metric that is the mean of this loss.
  package static var metricClassName: String? { className }

  /// Creates a loss with the options of a file.
  package init(_ reader: SettingsReader, reduction: Reduction) throws(KerasError) {
    self.init(reduction: reduction)
  }
}
