public import JSON
import Preconditions
public import Tensors

/// The categorical cross-entropy between target distributions, such as one-hot rows, and
/// predictions.
public struct CategoricalCrossentropy: CategoricalLoss {
  /// The name of the class in Keras.
  public static let className = "CategoricalCrossentropy"

  /// Whether predictions are logits; otherwise, they are probabilities.
  public let fromLogits: Bool

  /// The label smoothing, in `0...1`: the share of each target that is distributed evenly over all
  /// classes.
  public let labelSmoothing: Float

  /// The reduction of the per-example losses to one value.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameters:
  ///   - fromLogits: Whether predictions are logits; otherwise, they are probabilities, as is
  ///     Keras's default.
  ///   - labelSmoothing: The label smoothing, in `0...1`: the share of each target that is
  ///     distributed evenly over all classes.
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
  public var config: [String: JSON] { kerasConfig }

  /// Computes the per-example losses.
  ///
  /// - Parameters:
  ///   - yTrue: Target distributions, of shape `[batch, classes]`.
  ///   - yPred: Logits or probabilities, of the same shape.
  /// - Returns: The per-example losses, of shape `[batch]`.
  public func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let targets = yTrue.smoothed(by: labelSmoothing)
    if let logits = logits(of: yPred) {
      return logits.softmaxCrossEntropy(targets: targets)
    }
    let probabilities = (yPred / yPred.sum(axes: [-1], keepDimensions: true))
      .clipped(to: probabilityEpsilon...(1 - probabilityEpsilon))
    return -(targets * probabilities.log()).sum(axes: [-1])
  }
}

extension CategoricalCrossentropy: KerasLoss {
  /// The class of the metric that is the mean of this loss.
  package static var metricClassName: String? { className }

  /// Creates a loss with the options of a file.
  package init(_ reader: SettingsReader, reduction: Reduction) throws(KerasError) {
    self.init(
      fromLogits: try reader.bool("from_logits", default: false),
      labelSmoothing: try reader.labelSmoothing(), reduction: reduction)
  }
}
