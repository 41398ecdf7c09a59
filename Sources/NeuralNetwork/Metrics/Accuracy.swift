import Preconditions
public import Tensors

/// The share of predictions that are right; what is right, a subclass says.
public class Accuracy: Metric {
  /// What the metric is called in logs.
  public final let name: String

  /// How many predictions were right so far.
  public private(set) final var correct = 0

  /// How many predictions there were so far.
  public private(set) final var count = 0

  init(name: String) {
    self.name = name
  }

  /// The options, as Keras writes them.
  public var config: [String: JSON] { ["name": .string(name)] }

  /// The share of right predictions, in `0...1`.
  public final var result: Double { count == 0 ? 0 : Double(correct) / Double(count) }

  /// Takes a batch into account.
  ///
  /// - Parameters:
  ///   - yTrue: What the predictions should be.
  ///   - yPred: Logits or probabilities, of shape `[batch, classes]`.
  public final func update(_ yTrue: Tensor, _ yPred: Tensor) {
    let matches = matches(yTrue, yPred)
    correct += matches.count { $0 }
    count += matches.count
  }

  /// Forgets everything.
  public final func reset() {
    (correct, count) = (0, 0)
  }

  /// Whether each prediction is right.
  func matches(_ yTrue: Tensor, _ yPred: Tensor) -> [Bool] {
    fail("\(Self.self) must override `matches(_:_:)`.")
  }
}

/// Whether the largest prediction of each row is that of the class whose index is given.
func sparseMatches(_ yTrue: Tensor, _ yPred: Tensor) -> [Bool] {
  let (right, predicted) = (yTrue.scalars, yPred.argmax())
  require(
    right.count == predicted.count,
    """
    There must be one label for each of \(predicted.count) predictions, but there are \
    \(right.count).
    """)
  return zip(right, predicted).map { $0 == Float($1) }
}

/// Whether the largest prediction of each row is that of the class with the largest target.
func categoricalMatches(_ yTrue: Tensor, _ yPred: Tensor) -> [Bool] {
  require(
    yTrue.shape == yPred.shape,
    "Predictions and targets must have the same shape, but have \(yPred.shape) and \(yTrue.shape).")
  return zip(yTrue.argmax(), yPred.argmax()).map { $0 == $1 }
}

/// Whether each prediction is on the side of a threshold that its target, 0 or 1, names.
func binaryMatches(_ yTrue: Tensor, _ yPred: Tensor, threshold: Float) -> [Bool] {
  let (yTrue, yPred) = sameRank(yTrue, yPred)
  require(
    yTrue.count == yPred.count,
    """
    Predictions and targets must have the same number of elements, but have the shapes \
    \(yPred.shape) and \(yTrue.shape).
    """)
  return zip(yTrue.scalars, yPred.scalars).map { $0 == ($1 > threshold ? 1 : 0) }
}

/// Whether fewer than `k` predictions of each row are larger than that of the class whose index is
/// given.
func topMatches(_ classes: [Int?], _ yPred: Tensor, k: Int) -> [Bool] {
  let (scalars, columns) = (yPred.scalars, yPred.shape.last ?? 1)
  require(
    columns > 0 && classes.count * columns == scalars.count,
    """
    There must be one label for each prediction, but there are \(classes.count) for the shape \
    \(yPred.shape).
    """)
  return classes.enumerated().map { row, index in
    guard let index, (0..<columns).contains(index) else { return false }
    let predictions = scalars[row * columns..<(row + 1) * columns]
    let chosen = predictions[predictions.startIndex + index]
    // As in TensorFlow, nothing is right where a prediction is not finite.
    return predictions.allSatisfy(\.isFinite) && predictions.count { $0 > chosen } < k
  }
}
