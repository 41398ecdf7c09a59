public import Tensors

/// How far predictions are from what they should be, as one number.
public protocol Loss {
  /// The name of the class in Keras.
  static var className: String { get }

  /// The options, as Keras writes them.
  var config: [String: JSON] { get }

  /// Computes the loss of each example.
  ///
  /// - Parameters:
  ///   - yTrue: What the predictions should be.
  ///   - yPred: The predictions.
  /// - Returns: The losses, without the axis of the classes.
  func perExample(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor
}

extension Loss {
  /// Computes the loss of a batch: the mean over its examples.
  ///
  /// - Parameters:
  ///   - yTrue: What the predictions should be.
  ///   - yPred: The predictions.
  /// - Returns: A scalar.
  public func callAsFunction(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor {
    perExample(yTrue, yPred).mean()
  }
}

/// The smallest probability that a logarithm is taken of: Keras's `backend.epsilon()`.
let probabilityEpsilon: Float = 1e-7

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
    var config: [String: JSON] = [
      "name": .string(Self.className.snakeCased), "from_logits": .bool(fromLogits),
    ]
    if labelSmoothing != 0 { config["label_smoothing"] = .number(labelSmoothing) }
    return config
  }

  /// What is to be computed from logits, if there are any: the predictions themselves, or what went
  /// into the softmax that they came out of.
  func logits(of yPred: Tensor) -> Tensor? { fromLogits ? yPred : yPred.softmaxLogits }
}
