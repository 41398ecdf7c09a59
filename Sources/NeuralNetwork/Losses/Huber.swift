public import JSON
import Preconditions
public import Tensors

/// The Huber loss: quadratic for small errors, and linear for errors above `delta`.
///
/// Source: P. Huber, *Robust Estimation of a Location Parameter*, Annals of Mathematical Statistics
/// 35, 1964; keras/src/losses/losses.py.
///
/// ```swift
/// let loss = Huber(delta: 1)
/// let value = loss([[0, 0]], [[0.5, 3]]).scalar  // (0.5² / 2 + (3 - 0.5)) / 2 = 1.3125
/// ```
public struct Huber: Loss, Sendable {
  /// δ, the largest absolute error with a quadratic loss; greater than 0.
  public let delta: Double

  /// The reduction of the per-example losses to one value.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameters:
  ///   - delta: δ, the largest absolute error with a quadratic loss; greater than 0.
  ///   - reduction: The reduction of the per-example losses to one value.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    delta: Double = 1, reduction: Reduction = .sumOverBatchSize, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    require(
      delta > 0, "Huber: `delta` must be greater than 0, but is \(delta).", file: file, line: line)
    self.delta = delta
    self.reduction = reduction
  }

  /// The config in Keras's form.
  ///
  /// Keras 3 reads `delta` but does not write it to its own files.
  public var config: JSON.Object {
    commonConfig(delta == 1 ? [:] : ["delta": .number(delta)], name: "huber_loss")
  }

  /// Computes the per-example losses.
  ///
  /// - Parameters:
  ///   - yTrue: Targets, of shape `[…, values]`.
  ///   - yPred: Predictions, of the same shape.
  /// - Returns: The per-example losses, of shape `[…]`.
  public func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    meanCosts(.huber(delta: Float(delta)), yTrue, yPred)
  }
}

extension Huber: KerasLoss {
  /// No metric of Keras is the mean of this loss.
  package static var metricClassName: String? { nil }

  /// Creates a loss with the options of a file.
  package init(_ reader: OptionReader, reduction: Reduction) throws(KerasError) {
    self.init(
      delta: try reader.positiveNumber("delta", default: 1), reduction: reduction)
  }
}
