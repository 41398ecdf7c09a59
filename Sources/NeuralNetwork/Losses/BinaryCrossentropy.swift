public import Tensors

/// The binary cross-entropy between targets in `0...1` and predicted probabilities.
///
/// Label smoothing s turns targets t into t · (1 − s) + s / 2.
///
/// Source: keras/src/losses/losses.py.
///
/// ```swift
/// let loss = BinaryCrossentropy()
/// let value = loss([[1], [0]], [[0.9], [0.2]]).scalar  // -(log 0.9 + log 0.8) / 2 = 0.164
/// ```
public struct BinaryCrossentropy: Crossentropy {
  /// The options common to the cross-entropies.
  public let options: CrossentropyOptions

  /// Creates a loss with the options common to the cross-entropies.
  public init(_ options: CrossentropyOptions) { self.options = options }

  /// Computes the per-example losses.
  ///
  /// - Parameters:
  ///   - yTrue: Targets in `0...1`, of shape `[…, values]`.
  ///   - yPred: Logits or probabilities, of the same shape.
  /// - Returns: The per-example losses, of shape `[…]`.
  public func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    // As in Keras, the output of a sigmoid is replaced by its logits for numerical stability.
    let logits = logits(of: yPred)
    let targets = yTrue.movedToHalf(by: labelSmoothing)
    return meanCosts(logits == nil ? .binary : .binaryLogits, targets, logits ?? yPred)
  }
}

extension Tensor {
  /// Applies label smoothing to binary targets.
  func movedToHalf(by amount: Float) -> Tensor {
    amount == 0 ? self : self * (1 - amount) + 0.5 * amount
  }
}

extension BinaryCrossentropy: KerasLoss {
  /// The other names in Keras.
  package static var aliases: [String] { ["bce", "BCE"] }
}
