import Preconditions
public import Tensors

/// How far predictions are from what they should be, as one number.
public protocol Loss {
  /// The name of the class in Keras; by default that of the type.
  static var className: String { get }

  /// The options, as Keras writes them; by default the name and the reduction.
  var config: [String: JSON] { get }

  /// What is made of the losses of the examples; by default their mean.
  var reduction: Reduction { get }

  /// Computes the loss of each example.
  ///
  /// - Parameters:
  ///   - yTrue: What the predictions should be.
  ///   - yPred: The predictions.
  /// - Returns: The losses, without the axis of the classes.
  func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor
}

extension Loss {
  /// The name of the class in Keras: that of the type.
  public static var className: String { "\(self)" }

  /// The options, as Keras writes them: the name, and the reduction if it is not the default.
  public var config: [String: JSON] { commonConfig() }

  /// What is made of the losses of the examples: their mean.
  public var reduction: Reduction { .sumOverBatchSize }

  /// Computes the loss of a batch.
  ///
  /// - Parameters:
  ///   - yTrue: What the predictions should be.
  ///   - yPred: The predictions.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  /// - Returns: A scalar, or the losses of the examples if nothing is made of them
  ///   (``Reduction/none``).
  public func callAsFunction(
    _ yTrue: Tensor, _ yPred: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    CallSite(file: file, line: line).track { reduced(yTrue, yPred) }
  }

  /// Computes the loss of a batch.
  func reduced(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let losses = perExample(yTrue, yPred)
    return switch reduction {
    case .sumOverBatchSize, .mean, .meanWithSampleWeight: losses.mean()
    case .sum: losses.sum()
    case .none: losses
    }
  }
}

/// The smallest probability that a logarithm is taken of: Keras's `backend.epsilon()`.
let probabilityEpsilon: Float = 1e-7

extension Loss {
  /// The options that all losses have, as Keras writes them, and others.
  func commonConfig(
    _ options: [String: JSON] = [:], name: String? = nil
  ) -> [String: JSON] {
    var config = options
    config["name"] = .string(name ?? Self.className.snakeCased)
    if reduction != .sumOverBatchSize { config["reduction"] = .string(reduction.rawValue) }
    return config
  }

  /// The mean of costs over the last axis.
  func meanCosts(_ term: LossTerm, _ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    let (yTrue, yPred) = sameRank(yTrue, yPred)
    let costs = yPred.costs(term, targets: yTrue)
    return costs.rank == 0 ? costs : costs.mean(axes: [-1])
  }
}

/// Gives targets and predictions the same number of axes, if one of them has one axis more than the
/// other, of extent 1: Keras's `squeeze_or_expand_to_same_rank`.
func sameRank(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
  if a.rank == b.rank + 1, a.shape.last == 1 {
    return b.rank == 1 ? (a, b.newAxis()) : (a.reshaped(Shape(a.shape.dropLast())), b)
  }
  if b.rank == a.rank + 1, b.shape.last == 1 {
    return a.rank == 1 ? (a.newAxis(), b) : (a, b.reshaped(Shape(b.shape.dropLast())))
  }
  return (a, b)
}

/// A loss of predicted distributions over classes.
protocol CategoricalLoss: Loss {
  /// Whether predictions are logits; otherwise they are probabilities.
  var fromLogits: Bool { get }

  /// How much of each target is spread evenly over the classes.
  var labelSmoothing: Float { get }
}

extension CategoricalLoss {
  /// The options, as Keras writes them.
  var kerasConfig: [String: JSON] {
    var config = commonConfig(["from_logits": .bool(fromLogits)])
    if labelSmoothing != 0 { config["label_smoothing"] = .number(labelSmoothing) }
    return config
  }

  /// What is to be computed from logits, if there are any: the predictions themselves, or what went
  /// into the activation that they came out of, as in Keras whichever that is.
  func logits(of yPred: Tensor) -> Tensor? { fromLogits ? yPred : yPred.activationLogits }
}
