import Preconditions
public import Tensors

/// The mean cross entropy of targets in `0...1` and predicted probabilities, in which what is nearly
/// right counts less.
///
/// Source: T. Lin et al., *Focal Loss for Dense Object Detection*, ICCV 2017;
/// keras/src/losses/losses.py.
public struct BinaryFocalCrossentropy: Loss {
  /// The name of the class in Keras.
  public static let className = "BinaryFocalCrossentropy"

  /// Whether the two classes have weights.
  public let applyClassBalancing: Bool

  /// The weight of the class 1, if they have; that of the class 0 is what it lacks of 1.
  public let alpha: Double

  /// How much less what is nearly right counts: the power of the distance that its weight is.
  public let gamma: Double

  /// Whether predictions are logits; otherwise they are probabilities.
  public let fromLogits: Bool

  /// How far targets are moved towards ½, in `0...1`.
  public let labelSmoothing: Float

  /// What is made of the losses of the examples.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameters:
  ///   - applyClassBalancing: Whether the two classes have weights.
  ///   - alpha: The weight of the class 1, if they have.
  ///   - gamma: The power of the distance that the weight of a value is, at least 0.
  ///   - fromLogits: Whether predictions are logits; Keras's default is that they are not.
  ///   - labelSmoothing: How far targets are moved towards ½, in `0...1`.
  ///   - reduction: What is made of the losses of the examples.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    applyClassBalancing: Bool = false, alpha: Double = 0.25, gamma: Double = 2,
    fromLogits: Bool = false, labelSmoothing: Float = 0, reduction: Reduction = .sumOverBatchSize,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      (0...1).contains(labelSmoothing),
      "`labelSmoothing` must be from 0 to 1, but is \(labelSmoothing).", file: file, line: line)
    require(
      gamma >= 0, "BinaryFocalCrossentropy: `gamma` must be at least 0, but is \(gamma).",
      file: file, line: line)
    self.applyClassBalancing = applyClassBalancing
    self.alpha = alpha
    self.gamma = gamma
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
    self.reduction = reduction
  }

  /// The options, as Keras writes them.
  public var config: [String: JSON] {
    var config = commonConfig([
      "apply_class_balancing": .bool(applyClassBalancing), "alpha": .number(alpha),
      "gamma": .number(gamma), "from_logits": .bool(fromLogits),
    ])
    if labelSmoothing != 0 { config["label_smoothing"] = .number(labelSmoothing) }
    return config
  }

  /// Computes the loss of each example.
  ///
  /// - Parameters:
  ///   - yTrue: Targets in `0...1`, of shape `[…, values]`.
  ///   - yPred: Logits or probabilities, of the same shape.
  /// - Returns: The losses, of shape `[…]`.
  public func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    meanCosts(
      .focal(gamma: Float(gamma), alpha: applyClassBalancing ? Float(alpha) : nil),
      yTrue.movedToHalf(by: labelSmoothing), fromLogits ? yPred.sigmoid() : yPred)
  }
}

extension BinaryFocalCrossentropy: KerasLoss {
  /// Creates a loss with the options of a file.
  package init(_ reader: SettingsReader, reduction: Reduction) throws(KerasError) {
    self.init(
      applyClassBalancing: try reader.bool("apply_class_balancing", default: false),
      alpha: try reader.number("alpha", default: 0.25),
      gamma: try reader.number("gamma", default: 2, in: 0...1e30),
      fromLogits: try reader.bool("from_logits", default: false),
      labelSmoothing: try reader.labelSmoothing(), reduction: reduction)
  }
}
