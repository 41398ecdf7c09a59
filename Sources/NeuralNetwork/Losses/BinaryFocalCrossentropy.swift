public import JSON
import Preconditions
public import Tensors

/// The binary focal cross-entropy, which gives easy (well-classified) examples less weight.
///
/// Source: T. Lin et al., *Focal Loss for Dense Object Detection*, ICCV 2017;
/// keras/src/losses/losses.py.
///
/// ```swift
/// let loss = BinaryFocalCrossentropy(gamma: 2)
/// let value = loss([[1], [1]], [[0.9], [0.2]]).scalar  // -(0.1² log 0.9 + 0.8² log 0.2) / 2
/// ```
public struct BinaryFocalCrossentropy: Loss, Sendable {
  /// Whether to weight the two classes by `alpha` and 1 − `alpha`.
  public let applyClassBalancing: Bool

  /// α, the weight of class 1 with class balancing; class 0 has the weight 1 − α.
  public let alpha: Double

  /// γ, the focusing parameter: the focal factor is (1 − p)^γ, where p is the probability of the
  /// correct class.
  public let gamma: Double

  /// Whether predictions are logits; otherwise, they are probabilities.
  public let fromLogits: Bool

  /// The label smoothing s, in `0...1`: targets t become t · (1 − s) + s / 2.
  public let labelSmoothing: Float

  /// The reduction of the per-example losses to one value.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameters:
  ///   - applyClassBalancing: Whether to weight the two classes by `alpha` and 1 − `alpha`.
  ///   - alpha: α, the weight of class 1 with class balancing.
  ///   - gamma: γ, the focusing parameter, at least 0.
  ///   - fromLogits: Whether predictions are logits; otherwise, they are probabilities, as is
  ///     Keras's default.
  ///   - labelSmoothing: The label smoothing s, in `0...1`: targets t become t · (1 − s) + s / 2.
  ///   - reduction: The reduction of the per-example losses to one value.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    applyClassBalancing: Bool = false, alpha: Double = 0.25, gamma: Double = 2,
    fromLogits: Bool = false, labelSmoothing: Float = 0, reduction: Reduction = .sumOverBatchSize,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requireLabelSmoothing(labelSmoothing, file: file, line: line)
    require(
      gamma >= 0, "BinaryFocalCrossentropy: `gamma` must be at least 0, but is \(gamma).",
      file: file, line: line)
    (self.applyClassBalancing, self.alpha, self.gamma) = (applyClassBalancing, alpha, gamma)
    (self.fromLogits, self.labelSmoothing) = (fromLogits, labelSmoothing)
    self.reduction = reduction
  }

  /// The config in Keras's form.
  public var config: JSON.Object {
    var config = commonConfig([
      "apply_class_balancing": .bool(applyClassBalancing), "alpha": .number(alpha),
      "gamma": .number(gamma), "from_logits": .bool(fromLogits),
    ])
    if labelSmoothing != 0 { config["label_smoothing"] = .number(labelSmoothing) }
    return config
  }

  /// Computes the per-example losses.
  ///
  /// - Parameters:
  ///   - yTrue: Targets in `0...1`, of shape `[…, values]`.
  ///   - yPred: Logits or probabilities, of the same shape.
  /// - Returns: The per-example losses, of shape `[…]`.
  public func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    meanCosts(
      .focal(gamma: Float(gamma), alpha: applyClassBalancing ? Float(alpha) : nil),
      yTrue.movedToHalf(by: labelSmoothing), fromLogits ? yPred.sigmoid() : yPred)
  }
}

extension BinaryFocalCrossentropy: KerasLoss {
  /// No metric of Keras is the mean of this loss.
  package static var metricClassName: String? { nil }

  /// Creates a loss with the options of a file.
  package init(_ reader: OptionReader, reduction: Reduction) throws(KerasError) {
    self.init(
      applyClassBalancing: try reader.bool("apply_class_balancing", default: false),
      alpha: try reader.number("alpha", default: 0.25),
      gamma: try reader.number("gamma", default: 2, in: 0...1e30),
      fromLogits: try reader.bool("from_logits", default: false),
      labelSmoothing: try reader.labelSmoothing(), reduction: reduction)
  }
}
