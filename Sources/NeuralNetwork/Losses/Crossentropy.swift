public import JSON
import Preconditions
import Tensors

/// A cross-entropy between targets and predictions.
///
/// ```swift
/// func fromLogits<Entropy: Crossentropy>(_ type: Entropy.Type) -> Entropy {
///   Entropy(fromLogits: true, labelSmoothing: 0.1)
/// }
/// let value = fromLogits(CategoricalCrossentropy.self)([[0, 1]], [[0, 0]]).scalar  // log 2
/// ```
public protocol Crossentropy: Loss, Sendable {
  /// The options common to the cross-entropies.
  var options: CrossentropyOptions { get }

  /// Creates a loss with the options common to the cross-entropies.
  init(_ options: CrossentropyOptions)
}

extension Crossentropy {
  /// Creates a loss.
  ///
  /// - Parameters:
  ///   - fromLogits: Whether predictions are logits; otherwise, they are probabilities, as is
  ///     Keras's default.
  ///   - labelSmoothing: The label smoothing s, in `0...1`. A target t becomes t · (1 − s) plus
  ///     s / number of classes, or s / 2 in a binary crossentropy.
  ///   - reduction: The reduction of the per-example losses to one value.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    fromLogits: Bool = false, labelSmoothing: Float = 0, reduction: Reduction = .sumOverBatchSize,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requireLabelSmoothing(labelSmoothing, file: file, line: line)
    self.init(
      CrossentropyOptions(
        fromLogits: fromLogits, labelSmoothing: labelSmoothing, reduction: reduction))
  }

  /// Whether predictions are logits; otherwise, they are probabilities.
  public var fromLogits: Bool { options.fromLogits }

  /// The label smoothing s, in `0...1`: a target t becomes t · (1 − s) plus s / number of classes,
  /// or s / 2 in a binary crossentropy.
  public var labelSmoothing: Float { options.labelSmoothing }

  /// The reduction of the per-example losses to one value.
  public var reduction: Reduction { options.reduction }

  /// The config in Keras's form.
  public var config: JSON.Object {
    var config = commonConfig(["from_logits": .bool(fromLogits)])
    if labelSmoothing != 0 { config["label_smoothing"] = .number(labelSmoothing) }
    return config
  }

  /// The logits: the predictions themselves, or the input of the activation that computed them;
  /// `nil` without either.
  ///
  /// Like Keras, it accepts any activation.
  func logits(of yPred: Tensor) -> Tensor? { fromLogits ? yPred : yPred.activationLogits }
}

extension KerasLoss where Self: Crossentropy {
  /// Creates a loss with the options of a file.
  package init(_ reader: OptionReader, reduction: Reduction) throws(KerasError) {
    self.init(
      fromLogits: try reader.bool("from_logits", default: false),
      labelSmoothing: try reader.labelSmoothing(), reduction: reduction)
  }
}

/// Stops the program unless a label smoothing is from 0 to 1.
func requireLabelSmoothing(_ labelSmoothing: Float, file: StaticString, line: UInt) {
  require(
    (0...1).contains(labelSmoothing),
    "`labelSmoothing` must be from 0 to 1, but is \(labelSmoothing).", file: file, line: line)
}
