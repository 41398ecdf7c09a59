public import Tensors

/// A loss that is the mean of a cost of each element over the last axis.
///
/// ```swift
/// func meanOfRows(_ loss: some ElementwiseLoss) -> Tensor {
///   loss.perExample([[0, 2], [0, 0]], [[1, 4], [3, 3]])  // [2, 2] → [2]
/// }
/// let squares = meanOfRows(MeanSquaredError())  // [2.5, 9]
/// let sizes = meanOfRows(MeanAbsoluteError())  // [1.5, 3]
/// ```
public protocol ElementwiseLoss: Loss, Sendable {
  /// The cost of an element.
  var cost: ElementwiseCost { get }
}

extension ElementwiseLoss {
  /// Computes the per-example losses.
  ///
  /// - Parameters:
  ///   - yTrue: Targets, of shape `[…, values]`.
  ///   - yPred: Predictions, of the same shape.
  /// - Returns: The per-example losses, of shape `[…]`.
  public func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    meanCosts(cost.term, cost.convertsTargets ? signs(yTrue) : yTrue, yPred)
  }
}

/// Converts targets that all are 0 or 1 to −1 and 1; returns other targets unchanged.
private func signs(_ targets: Tensor) -> Tensor {
  targets.scalars.allSatisfy { $0 == 0 || $0 == 1 } ? 2 * targets - 1 : targets
}
