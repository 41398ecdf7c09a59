public import JSON
public import Tensors

/// The negative cosine similarity of targets and predictions along the last axis: −1 for the same
/// direction.
///
/// Source: keras/src/losses/losses.py.
public struct CosineSimilarity: Loss {
  /// The name of the class in Keras.
  public static let className = "CosineSimilarity"

  /// The reduction of the per-example losses to one value.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameter reduction: The reduction of the per-example losses to one value.
  public init(reduction: Reduction = .sumOverBatchSize) {
    self.reduction = reduction
  }

  /// The config in Keras's form.
  public var config: [String: JSON] { commonConfig() }

  /// Computes the per-example losses.
  ///
  /// - Parameters:
  ///   - yTrue: Targets, of shape `[…, values]`.
  ///   - yPred: Predictions, of the same shape.
  /// - Returns: The per-example losses, of shape `[…]`.
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
