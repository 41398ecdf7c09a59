public import Tensors

/// The categorical cross-entropy between target distributions, such as one-hot rows, and
/// predictions.
///
/// ```swift
/// let loss = CategoricalCrossentropy(fromLogits: true, labelSmoothing: 0.1)
/// let value = loss([[0, 1]], [[0, 0]]).scalar  // log 2 = 0.693
/// ```
public struct CategoricalCrossentropy: Crossentropy {
  /// The options common to the cross-entropies.
  public let options: CrossentropyOptions

  /// Creates a loss with the options common to the cross-entropies.
  public init(_ options: CrossentropyOptions) { self.options = options }

  /// Computes the per-example losses.
  ///
  /// - Parameters:
  ///   - yTrue: Target distributions, of shape `[batch, classes]`.
  ///   - yPred: Logits or probabilities, of the same shape.
  /// - Returns: The per-example losses, of shape `[batch]`.
  public func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let targets = yTrue.smoothed(by: labelSmoothing)
    if let logits = logits(of: yPred) {
      return logits.softmaxCrossEntropy(targets: targets)
    }
    let probabilities = (yPred / yPred.sum(axes: [-1], keepDimensions: true))
      .clipped(to: probabilityEpsilon...(1 - probabilityEpsilon))
    return -(targets * probabilities.log()).sum(axes: [-1])
  }
}

extension CategoricalCrossentropy: KerasLoss {}
