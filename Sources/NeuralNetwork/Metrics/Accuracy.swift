public import JSON
import Preconditions
public import Tensors

/// The base class of accuracies: the fraction of correct predictions, which subclasses define.
///
/// ```swift
/// let accuracies: [Accuracy] = [SparseCategoricalAccuracy(), SparseTopKCategoricalAccuracy(k: 2)]
/// for accuracy in accuracies {
///   accuracy.update([2], [[0.1, 0.5, 0.4]])
///   print(accuracy.name, accuracy.correct, "of", accuracy.count)  // 0 of 1, then 1 of 1
/// }
/// ```
public class Accuracy: Metric {
  /// The name of the metric in logs.
  public final let name: String

  /// The number of correct predictions so far.
  public private(set) final var correct = 0

  /// The number of predictions so far.
  public private(set) final var count = 0

  init(name: String) {
    self.name = name
  }

  /// The config in Keras's form.
  public var config: JSON.Object { ["name": .string(name)] }

  /// The fraction of correct predictions, in `0...1`.
  public final var result: Double { count == 0 ? 0 : Double(correct) / Double(count) }

  /// Updates the metric with a batch.
  ///
  /// - Parameters:
  ///   - yTrue: The targets.
  ///   - yPred: Logits or probabilities, of shape `[batch, classes]`.
  public final func update(_ yTrue: Tensor, _ yPred: Tensor) {
    var matches = matches(yTrue, yPred)
    // Predictions that a mask leaves out do not count.
    if let mask = yPred.mask, mask.shape.elementsEqual(yPred.shape.prefix(mask.rank)),
      mask.count > 0, matches.count.isMultiple(of: mask.count)
    {
      let (kept, size) = (mask.scalars, matches.count / mask.count)
      matches = matches.indices.filter { kept[$0 / size] != 0 }.map { matches[$0] }
    }
    correct += matches.count { $0 }
    count += matches.count
  }

  /// Whether a higher value is better.
  public final var prefersHigher: Bool? { true }

  /// The accumulated values: the number of correct predictions as `total`, and `count`.
  public final var variables: [String: [Double]]? {
    ["total": [Double(correct)], "count": [Double(count)]]
  }

  /// Replaces the accumulated values.
  public final func restore(_ variables: [String: [Double]]) -> Bool {
    guard variables.count == 2, variables["total"]?.count == 1, variables["count"]?.count == 1,
      let correct = variables["total"].flatMap({ Int(exactly: $0[0]) }),
      let count = variables["count"].flatMap({ Int(exactly: $0[0]) }), count >= 0,
      (0...count).contains(correct)
    else { return false }
    (self.correct, self.count) = (correct, count)
    return true
  }

  /// Resets the metric.
  public final func reset() {
    (correct, count) = (0, 0)
  }

  /// Whether each prediction is correct.
  func matches(_ yTrue: Tensor, _ yPred: Tensor) -> [Bool] {
    fail("\(Self.self) must override `matches(_:_:)`.")
  }
}

/// Whether the largest prediction of each row belongs to the class with the target index.
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

/// Whether the largest prediction and the largest target of each row belong to the same class.
func categoricalMatches(_ yTrue: Tensor, _ yPred: Tensor) -> [Bool] {
  require(
    yTrue.shape == yPred.shape,
    "Predictions and targets must have the same shape, but have \(yPred.shape) and \(yTrue.shape).")
  return zip(yTrue.argmax(), yPred.argmax()).map { $0 == $1 }
}

/// Whether each thresholded prediction equals its target, 0 or 1.
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

/// Whether the target class of each row is among its `k` largest predictions.
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
    // As in TensorFlow, a row with NaN or infinite predictions is never correct.
    return predictions.allSatisfy(\.isFinite) && predictions.count { $0 > chosen } < k
  }
}
