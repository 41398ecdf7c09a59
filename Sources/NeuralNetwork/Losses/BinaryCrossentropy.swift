import Preconditions
public import Tensors

/// The mean cross entropy of targets in `0...1` and predicted probabilities, each by itself.
///
/// Source: keras/src/losses/losses.py.
public struct BinaryCrossentropy: Loss {
  /// The name of the class in Keras.
  public static let className = "BinaryCrossentropy"

  /// Whether predictions are logits; otherwise they are probabilities.
  public let fromLogits: Bool

  /// How far targets are moved towards ½, in `0...1`.
  public let labelSmoothing: Float

  /// What is made of the losses of the examples.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameters:
  ///   - fromLogits: Whether predictions are logits; Keras's default is that they are not.
  ///   - labelSmoothing: How far targets are moved towards ½, in `0...1`.
  ///   - reduction: What is made of the losses of the examples.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    fromLogits: Bool = false, labelSmoothing: Float = 0, reduction: Reduction = .sumOverBatchSize,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      (0...1).contains(labelSmoothing),
      "`labelSmoothing` must be from 0 to 1, but is \(labelSmoothing).", file: file, line: line)
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
    self.reduction = reduction
  }

  /// The options, as Keras writes them.
  public var config: [String: JSON] {
    var config = commonConfig(["from_logits": .bool(fromLogits)])
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
    let targets = yTrue.movedToHalf(by: labelSmoothing)
    // What came out of a sigmoid is computed from what went into it, as in Keras.
    if let logits = fromLogits ? yPred : yPred.activationLogits {
      return meanCosts(.binaryLogits, targets, logits)
    }
    return meanCosts(.binary, targets, yPred)
  }
}

extension Tensor {
  /// Moves targets in `0...1` towards ½.
  func movedToHalf(by amount: Float) -> Tensor {
    amount == 0 ? self : self * (1 - amount) + 0.5 * amount
  }
}

extension BinaryCrossentropy: KerasLoss {
  /// The other names in Keras.
  package static var aliases: [String] { ["bce", "BCE"] }

  /// The class of the metric that is the mean of this loss.
  package static var metricClassName: String? { className }

  /// Creates a loss with the options of a file.
  package init(_ reader: SettingsReader, reduction: Reduction) throws(KerasError) {
    self.init(
      fromLogits: try reader.bool("from_logits", default: false),
      labelSmoothing: try reader.labelSmoothing(), reduction: reduction)
  }
}
