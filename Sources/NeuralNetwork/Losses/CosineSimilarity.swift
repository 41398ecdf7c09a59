public import Tensors

/// The negative cosine of the angle between targets and predictions, along the last axis: −1 where they
/// point in the same direction.
///
/// Source: keras/src/losses/losses.py.
public struct CosineSimilarity: Loss {
  /// The name of the class in Keras.
  public static let className = "CosineSimilarity"

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
    let (yTrue, yPred) = sameRank(yTrue, yPred)
    return -yPred.cosineSimilarity(to: yTrue)
  }
}

extension CosineSimilarity: KerasLoss {
  /// Creates a loss with the options of a file.
  package init(_ reader: SettingsReader, reduction: Reduction) throws(KerasError) {
    self.init(reduction: reduction)
  }
}
