import Preconditions
public import Tensors

/// The cross entropy of class indexes and predicted distributions.
public struct SparseCategoricalCrossentropy: CategoricalLoss {
  /// The name of the class in Keras.
  public static let className = "SparseCategoricalCrossentropy"

  /// Whether predictions are logits; otherwise they are probabilities.
  public let fromLogits: Bool

  /// How much of each target is spread evenly over the classes, in `0...1`.
  ///
  /// Keras has this for one-hot targets only; here it means the same for both.
  public let labelSmoothing: Float

  /// What is made of the losses of the examples.
  public let reduction: Reduction

  /// Creates a loss.
  ///
  /// - Parameters:
  ///   - fromLogits: Whether predictions are logits; Keras's default is that they are not.
  ///   - labelSmoothing: How much of each target is spread evenly over the classes, in `0...1`.
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
  public var config: [String: JSON] { kerasConfig }

  /// Computes the loss of each example.
  ///
  /// - Parameters:
  ///   - yTrue: Class indexes, of shape `[batch]` or `[batch, 1]`.
  ///   - yPred: Logits or probabilities, of shape `[batch, classes]`.
  /// - Returns: The losses, of shape `[batch]`.
  /// - Precondition: The indexes are those of classes.
  public func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let classes = yPred.shape[yPred.rank - 1]
    let indexes = yTrue.reshaped(Shape(yPred.shape.dropLast()))
    let targets = indexes.oneHot(depth: classes).smoothed(by: labelSmoothing)
    if let logits = logits(of: yPred) {
      return logits.softmaxCrossEntropy(targets: targets)
    }
    // Keras takes the clipped logarithms for logits, which divides by the sum of the clipped
    // probabilities.
    return yPred.clipped(to: probabilityEpsilon...(1 - probabilityEpsilon)).log()
      .softmaxCrossEntropy(targets: targets)
  }
}

extension Tensor {
  /// Spreads a part of one-hot targets evenly over the classes.
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
