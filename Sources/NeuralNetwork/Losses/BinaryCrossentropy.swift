public import JSON
import Preconditions
public import Tensors

/// The binary cross-entropy between targets in `0...1` and predicted probabilities.
///
/// Source: keras/src/losses/losses.py.
public struct BinaryCrossentropy: Loss {
  /// The name of the class in Keras.
  public static let className = "BinaryCrossentropy"

  /// Whether predictions are logits; otherwise, they are probabilities.
  public let fromLogits: Bool

  /// The label smoothing s, in `0...1`: targets t become t · (1 − s) + s / 2.
  public let labelSmoothing: Float

  /// The reduction of the per-example losses to one value.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameters:
  ///   - fromLogits: Whether predictions are logits; otherwise, they are probabilities, as is
  ///     Keras's default.
  ///   - labelSmoothing: The label smoothing s, in `0...1`: targets t become t · (1 − s) + s / 2.
  ///   - reduction: The reduction of the per-example losses to one value.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
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

  /// The config in Keras's form.
  public var config: [String: JSON] {
    var config = commonConfig(["from_logits": .bool(fromLogits)])
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
    let targets = yTrue.movedToHalf(by: labelSmoothing)
    // As in Keras, the output of a sigmoid is replaced by its logits for numerical stability.
    if let logits = fromLogits ? yPred : yPred.activationLogits {
      return meanCosts(.binaryLogits, targets, logits)
    }
    return meanCosts(.binary, targets, yPred)
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

  /// The class of the metric that is the mean of this loss.
  package static var metricClassName: String? { className }

  /// Creates a loss with the options of a file.
  package init(_ reader: SettingsReader, reduction: Reduction) throws(KerasError) {
    self.init(
      fromLogits: try reader.bool("from_logits", default: false),
      labelSmoothing: try reader.labelSmoothing(), reduction: reduction)
  }
}
