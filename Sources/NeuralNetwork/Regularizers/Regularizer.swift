public import Tensors

/// A penalty on a weight or on the outputs of a layer, which training adds to the loss:
/// l1 · Σ|x| + l2 · Σx², or one on rows or columns that are not orthogonal.
///
/// As in Keras, losses that are logged contain the penalty, in training and in evaluation.
/// ``Layer/setRegularizer(_:of:file:line:)`` gives it to a weight, or to the outputs.
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

  /// The penalty on rows or columns that are not orthogonal; `nil` for none.
  public let orthogonality: Orthogonality?

  /// A penalty on rows or columns of a matrix that are not orthogonal.
  public struct Orthogonality: Hashable, Sendable {
    /// What of a matrix is to be orthogonal; the raw values are Keras's.
    public enum Mode: String, Sendable {
      /// Its rows.
      case rows
      /// Its columns.
      case columns
    }

    /// The factor of the mean absolute cosine between two rows or columns, at least 0.
    public let factor: Double

    /// The vectors that are to be orthogonal.
    public let mode: Mode
  }

  /// Keras's `L1L2`; `nil` if a factor is negative or not finite.
  init?(l1: Double, l2: Double) {
    guard l1.isFinite, l2.isFinite, l1 >= 0, l2 >= 0 else { return nil }
    (self.l1, self.l2, orthogonality) = (l1, l2, nil)
  }

  /// Keras's `OrthogonalRegularizer`; `nil` if the factor is negative or not finite.
  init?(orthogonal mode: Orthogonality.Mode, factor: Double) {
    guard factor.isFinite, factor >= 0 else { return nil }
    (l1, l2, orthogonality) = (0, 0, Orthogonality(factor: factor, mode: mode))
  }

  /// Whether there is a penalty on a tensor with a number of axes.
  func isDefined(rank: Int) -> Bool { orthogonality == nil || rank == 2 }

  /// Computes the penalty.
  ///
  /// - Parameter x: The weight or the output, of any shape.
  /// - Returns: The penalty, a scalar.
  /// - Precondition: For ``orthogonality``, `x` has two axes.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    if let orthogonality { return orthogonality(x) }
    let sizes = l1 > 0 ? x.abs().sum() * Float(l1) : nil
    let squares = l2 > 0 ? x.square().sum() * Float(l2) : nil
    guard let sizes else { return squares ?? Tensor(0) }
    return squares.map { sizes + $0 } ?? sizes
  }
}
