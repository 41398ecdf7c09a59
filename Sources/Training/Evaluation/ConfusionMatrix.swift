/// The number of examples for each pair of a true and a predicted class.
public struct ConfusionMatrix: Equatable, Sendable {
  /// The number of classes.
  public let classCount: Int

  /// The numbers of examples, of shape `[true class, predicted class]`.
  public private(set) var counts: [Int]

  /// Counts examples.
  ///
  /// - Parameters:
  ///   - classCount: The number of classes.
  ///   - labels: The true class of each example, less than `classCount`.
  ///   - predictions: The predicted class of each example, less than `classCount`.
  public init(classCount: Int, labels: [UInt16], predictions: [UInt16]) {
    self.classCount = classCount
    counts = [Int](repeating: 0, count: classCount * classCount)
    for (label, prediction) in zip(labels, predictions) {
      counts[Int(label) * classCount + Int(prediction)] += 1
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
