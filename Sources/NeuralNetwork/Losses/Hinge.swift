public import JSON
public import Tensors

/// The hinge loss: the mean of max(1 − t · p, 0) for targets −1 and 1.
///
/// Targets that all are 0 or 1 are converted to −1 and 1.
///
/// Source: keras/src/losses/losses.py.
public struct Hinge: Loss {
  /// The name of the class in Keras.
  public static let className = "Hinge"

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
    meanCosts(.hinge, signs(yTrue), yPred)
  }
}

/// Converts targets that all are 0 or 1 to −1 and 1; returns other targets unchanged.
func signs(_ targets: Tensor) -> Tensor {
  targets.scalars.allSatisfy { $0 == 0 || $0 == 1 } ? 2 * targets - 1 : targets
}

extension Hinge: KerasLoss {
  /// The class of the metric that is the mean of this loss.
  package static var metricClassName: String? { className }

  /// Creates a loss with the options of a file.
  package init(_ reader: SettingsReader, reduction: Reduction) throws(KerasError) {
    self.init(reduction: reduction)
  }
}
