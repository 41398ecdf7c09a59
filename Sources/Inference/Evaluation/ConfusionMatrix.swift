/// The number of examples for each pair of a true and a predicted class.
///
/// ```swift
/// let matrix = ConfusionMatrix(classCount: 2, labels: [0, 0, 1, 1], predictions: [0, 1, 1, 1])
/// print(matrix[0, 1])  // 1: the example of class 0 that was taken for class 1
/// print(matrix.recall(of: 0) ?? 0)  // 0.5
/// ```
public struct ConfusionMatrix: Equatable, Sendable {
  /// The number of classes.
  public let classCount: Int

  /// The numbers of examples, of shape `[true class, predicted class]`.
  public private(set) var counts: [Int]

  /// Creates a matrix of zeros.
  ///
  /// - Parameter classCount: The number of classes.
  public init(classCount: Int) {
    self.classCount = classCount
    counts = [Int](repeating: 0, count: classCount * classCount)
  }

  /// Counts an example.
  ///
  /// - Parameters:
  ///   - label: The true class, less than `classCount`.
  ///   - prediction: The predicted class, less than `classCount`.
  public mutating func count(label: Int, prediction: Int) {
    counts[label * classCount + prediction] += 1
  }

  /// Counts examples.
  ///
  /// - Parameters:
  ///   - classCount: The number of classes.
  ///   - labels: The true class of each example, less than `classCount`.
  ///   - predictions: The predicted class of each example, less than `classCount`.
  public init(classCount: Int, labels: [UInt16], predictions: [UInt16]) {
    self.init(classCount: classCount)
    for (label, prediction) in zip(labels, predictions) {
      count(label: Int(label), prediction: Int(prediction))
    }
  }

  /// The number of examples of a class that were assigned to a class.
  public subscript(label: Int, prediction: Int) -> Int { counts[label * classCount + prediction] }

  /// The number of examples of a class.
  ///
  /// - Parameter label: The class.
  /// - Returns: The number of its examples.
  public func count(of label: Int) -> Int {
    counts[label * classCount..<(label + 1) * classCount].reduce(0, +)
  }

  /// The share of the examples of a class that were assigned to it.
  ///
  /// - Parameter label: The class.
  /// - Returns: The recall, in `0...1`; `nil` if the class has no examples.
  public func recall(of label: Int) -> Double? {
    let count = count(of: label)
    return count == 0 ? nil : Double(self[label, label]) / Double(count)
  }
}
