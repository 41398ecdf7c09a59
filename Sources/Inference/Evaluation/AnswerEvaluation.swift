/// The evaluation of a model's answers against the true classes, in memory that does not grow with
/// their number.
///
/// ```swift
/// var evaluation = AnswerEvaluation(classCount: classifier.classCount, worstErrors: 10)
/// for digit in 0...9 { evaluation.add(try classifier("\(folder)/\(digit).png"), label: digit) }
/// print("\(evaluation.correctCount) of \(evaluation.count)", evaluation.accuracyInterval)
/// for error in evaluation.worstErrors { print(error.prediction.file, "is a", error.label) }
/// ```
public struct AnswerEvaluation: Sendable {
  /// A wrong answer.
  public struct Error: Sendable {
    /// The prediction, with the picture.
    public let prediction: Prediction
    /// The true class.
    public let label: Int
  }

  /// The number of answers for each pair of a true and a predicted class.
  public private(set) var confusion: ConfusionMatrix

  /// The number of answers.
  public private(set) var count = 0

  /// The number of right answers.
  public private(set) var correctCount = 0

  /// The wrong answers with the lowest probability of the true class, the worst first; equal ones
  /// in the order in which they were added.
  public var worstErrors: [Error] { worst.map(\.error) }

  private var worst: [(probability: Float, error: Error)] = []
  private let limit: Int

  /// Creates an evaluation without answers.
  ///
  /// - Parameters:
  ///   - classCount: The number of classes.
  ///   - worstErrors: The largest number of wrong answers that are kept.
  public init(classCount: Int, worstErrors: Int = 0) {
    confusion = ConfusionMatrix(classCount: classCount)
    limit = worstErrors
  }

  /// Adds an answer; that of a rejected picture is the rejected class, if the model has one.
  ///
  /// - Parameters:
  ///   - prediction: The answer.
  ///   - label: The true class, less than the number of classes.
  public mutating func add(_ prediction: Prediction, label: Int) {
    let answer = prediction.countedLabel
    count(answer: answer, label: label)
    guard answer != label else { return }
    let probability = prediction.probabilities[label]
    guard limit > 0, worst.count < limit || probability < worst[worst.count - 1].probability else {
      return
    }
    let place = worst.firstIndex { probability < $0.probability } ?? worst.count
    worst.insert((probability, Error(prediction: prediction, label: label)), at: place)
    if worst.count > limit { worst.removeLast() }
  }

  /// Counts an answer that is not kept among the worst errors, such as one of another process.
  ///
  /// - Parameters:
  ///   - answer: The class that counts as the answer, less than the number of classes.
  ///   - label: The true class, less than the number of classes.
  package mutating func count(answer: Int, label: Int) {
    confusion.count(label: label, prediction: answer)
    count += 1
    if answer == label { correctCount += 1 }
  }

  /// The share of right answers, in `0...1`; `nil` without answers.
  public var accuracy: Double? { count == 0 ? nil : Double(correctCount) / Double(count) }

  /// Wilson's 95 % interval of the accuracy.
  public var accuracyInterval: ClosedRange<Double> {
    wilsonInterval(successes: correctCount, of: count)
  }
}

extension Prediction {
  /// The class that counts as the answer: the rejected class for a rejected picture, if the model
  /// has one.
  package var countedLabel: Int { (rejection != nil ? rejectedClass : nil) ?? label }
}
