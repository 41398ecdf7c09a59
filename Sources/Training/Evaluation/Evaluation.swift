public import Inference
import Tensors

/// The results of one pass over an evaluation set.
///
/// ```swift
/// if let evaluation = trainer.evaluation {
///   print(evaluation.loss, evaluation.accuracy, evaluation.accuracyInterval)
///   for index in evaluation.worstErrors(10) {
///     print("picture \(index) is \(evaluation.labels[index])")
///   }
/// }
/// ```
public struct Evaluation: Equatable, Sendable {
  /// The mean loss over the examples.
  public let loss: Double

  /// The share of the examples whose most probable class is the true one, in `0...1`.
  public let accuracy: Double

  /// The number of classes of the model.
  public let classCount: Int

  /// The true class of each example, in the order of the set.
  public let labels: [UInt16]

  /// The most probable class of each example.
  public let predictions: [UInt16]

  /// The cross-entropy of each example: −log of the probability of its true class.
  public let losses: [Float]

  /// The logarithm of the probability of the most probable class of each example.
  let logConfidences: [Float]

  /// The number of examples.
  public var count: Int { labels.count }

  /// The probability of the most probable class of an example.
  ///
  /// - Parameter index: The position of the example in the set.
  /// - Returns: The probability, in `0...1`.
  public func confidence(of index: Int) -> Double {
    Elementary.exp(Double(logConfidences[index]))
  }

  /// The 95 % confidence interval of the accuracy.
  public var accuracyInterval: ClosedRange<Double> {
    wilsonInterval(successes: zip(labels, predictions).count(where: ==), of: count)
  }

  /// The number of examples for each pair of a true and a predicted class.
  public var confusion: ConfusionMatrix {
    ConfusionMatrix(classCount: classCount, labels: labels, predictions: predictions)
  }

  /// The wrongly classified examples with the largest losses.
  ///
  /// - Parameter limit: The largest number of examples.
  /// - Returns: Positions in the set, by decreasing loss; equal losses in the order of the set.
  public func worstErrors(_ limit: Int) -> [Int] {
    let errors = labels.indices.filter { labels[$0] != predictions[$0] }
    return Array(
      errors.sorted { (-losses[$0], $0) < (-losses[$1], $1) }.prefix(limit))
  }
}
