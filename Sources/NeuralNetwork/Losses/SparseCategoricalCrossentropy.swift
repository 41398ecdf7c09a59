public import Tensors

/// The sparse categorical cross-entropy between class indices and predicted distributions.
///
/// Label smoothing is an extension: Keras has it only for one-hot targets.
///
/// ```swift
/// let loss = SparseCategoricalCrossentropy()
/// let value = loss([1], [[0.1, 0.8, 0.1]]).scalar  // -log 0.8 = 0.223
/// ```
public struct SparseCategoricalCrossentropy: Crossentropy {
  /// The options common to the cross-entropies.
  public let options: CrossentropyOptions

  /// Creates a loss with the options common to the cross-entropies.
  public init(_ options: CrossentropyOptions) { self.options = options }

  /// Computes the per-example losses.
  ///
  /// - Parameters:
  ///   - yTrue: Class indices, of shape `[batch]` or `[batch, 1]`.
  ///   - yPred: Logits or probabilities, of shape `[batch, classes]`.
  /// - Returns: The per-example losses, of shape `[batch]`.
  /// - Precondition: The indices are from 0 to the number of classes minus 1.
  public func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let classes = yPred.shape[yPred.rank - 1]
    let indexes = yTrue.reshaped(Shape(yPred.shape.dropLast()))
    let targets = indexes.oneHot(depth: classes).smoothed(by: labelSmoothing)
    if let logits = logits(of: yPred) {
      return logits.softmaxCrossEntropy(targets: targets)
    }
    // Keras uses the logarithms of the clipped probabilities as logits, which normalizes their sum
    // to 1.
    return yPred.clipped(to: probabilityEpsilon...(1 - probabilityEpsilon)).log()
      .softmaxCrossEntropy(targets: targets)
  }
}

extension Tensor {
  /// Applies label smoothing to one-hot targets.
  func smoothed(by amount: Float) -> Tensor {
    amount == 0 ? self : self * (1 - amount) + amount / Float(shape[rank - 1])
  }
}

extension SparseCategoricalCrossentropy: KerasLoss {}
