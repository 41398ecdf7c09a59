package import JSON

/// The evaluation of readings against the true numbers.
package struct NumberEvaluation: Equatable, Sendable {
  /// The number of pictures that were read.
  package private(set) var count = 0

  /// The number of pictures whose numbers are all right, in each digit.
  package private(set) var correctCount = 0

  /// Creates an evaluation without readings.
  package init() {}

  /// Adds a reading.
  ///
  /// - Parameters:
  ///   - reading: The reading.
  ///   - number: The true number, with a line break between the lines.
  package mutating func add(_ reading: NumberReading, number: String) {
    count(isRight: reading.number == number)
  }

  /// Counts a reading.
  ///
  /// - Parameter isRight: Whether its numbers are the true ones.
  package mutating func count(isRight: Bool) {
    count += 1
    if isRight { correctCount += 1 }
  }

  /// The share of pictures that were read right, in `0...1`; `nil` without any.
  package var accuracy: Double? { count == 0 ? nil : Double(correctCount) / Double(count) }

  /// Wilson's 95 % interval of the accuracy.
  package var accuracyInterval: ClosedRange<Double> {
    wilsonInterval(successes: correctCount, of: count)
  }

  /// The results as a JSON object.
  package var json: JSON {
    .object([
      "count": .integer(count),
      "correct": .integer(correctCount),
      "accuracy": accuracy.map(JSON.number) ?? .null,
      "accuracy_low": .number(accuracyInterval.lowerBound),
      "accuracy_high": .number(accuracyInterval.upperBound),
    ])
  }
}
