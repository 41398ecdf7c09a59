public import JSON
import Preconditions
public import Tensors

/// The sparse categorical cross-entropy between class indices and predicted distributions.
public struct SparseCategoricalCrossentropy: CategoricalLoss {
  /// The name of the class in Keras.
  public static let className = "SparseCategoricalCrossentropy"

  /// Whether predictions are logits; otherwise, they are probabilities.
  public let fromLogits: Bool

  /// The label smoothing, in `0...1`: the share of each target that is distributed evenly over all
  /// classes.
  ///
  /// An extension: Keras has label smoothing only for one-hot targets.
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
  ///   - yTrue: Class indices, of shape `[batch]` or `[batch, 1]`.
  ///   - yPred: Logits or probabilities, of shape `[batch, classes]`.
  /// - Returns: The per-example losses, of shape `[batch]`.
  /// - Precondition: The indices are from 0 to the number of classes minus 1.
  public func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let classes = yPred.shape[yPred.rank - 1]
    let indexes = yTrue.reshaped(Shape(yPred.shape.dropLast()))
    let targets = indexes.oneHot(depth: classes).smoothed(by: labelSmoothing)
    if let logits = logits(of: yPred) {
      return logits.softmaxCrossEntropy(targets: targets)
    }
    // Keras uses the logarithms of the clipped probabilities as logits, which normalizes their sum
    // to 1.
    return yPred.clipped(to: probabilityEpsilon...(1 - probabilityEpsilon)).log()
      .softmaxCrossEntropy(targets: targets)
  }
}

extension Tensor {
  /// Applies label smoothing to one-hot targets.
  func smoothed(by amount: Float) -> Tensor {
    amount == 0 ? self : self * (1 - amount) + amount / Float(shape[rank - 1])
  }
}

extension SparseCategoricalCrossentropy: KerasLoss {
  /// The class of the metric that is the mean of this loss.
  package static var metricClassName: String? { className }

  /// Creates a loss with the options of a file.
  package init(_ reader: SettingsReader, reduction: Reduction) throws(KerasError) {
    self.init(
      fromLogits: try reader.bool("from_logits", default: false),
      labelSmoothing: try reader.labelSmoothing(), reduction: reduction)
  }
}
