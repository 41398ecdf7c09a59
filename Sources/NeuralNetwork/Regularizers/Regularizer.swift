public import Tensors

/// A penalty on the size of a weight, which training adds to the loss: l1 · Σ|w| + l2 · Σw².
///
/// As in Keras, losses that are logged contain the penalty, in training and in evaluation.
/// ``Layer/setRegularizer(_:of:file:line:)`` gives it to a weight.
///
/// ```swift
/// let penalty = Regularizer.l2(0.01)([3, 4]).scalar  // 0.01 · (3² + 4²) = 0.25
/// let layer = Dense(10)
/// layer.setRegularizer(.l2(0.01), of: "kernel")
/// ```
public struct Regularizer: Hashable, Sendable {
  /// The factor of the sum of absolute values, at least 0.
  public let l1: Double

  /// The factor of the sum of squares, at least 0.
  public let l2: Double

  /// Keras's `L1L2`; `nil` if a factor is negative or not finite.
  init?(l1: Double, l2: Double) {
    guard l1.isFinite, l2.isFinite, l1 >= 0, l2 >= 0 else { return nil }
    (self.l1, self.l2) = (l1, l2)
  }

  /// Computes the penalty.
  ///
  /// - Parameter weight: The weight, of any shape.
  /// - Returns: The penalty, a scalar.
  public func callAsFunction(_ weight: Tensor) -> Tensor {
    let sizes = l1 > 0 ? weight.abs().sum() * Float(l1) : nil
    let squares = l2 > 0 ? weight.square().sum() * Float(l2) : nil
    guard let sizes else { return squares ?? Tensor(0) }
    return squares.map { sizes + $0 } ?? sizes
  }
}
