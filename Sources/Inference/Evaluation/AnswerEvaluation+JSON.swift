public import JSON

extension AnswerEvaluation {
  /// The results as a JSON object.
  public var json: JSON {
    let classes = 0..<confusion.classCount
    return .object([
      "count": .integer(count),
      "correct": .integer(correctCount),
      "accuracy": accuracy.map(JSON.number) ?? .null,
      "accuracy_low": .number(accuracyInterval.lowerBound),
      "accuracy_high": .number(accuracyInterval.upperBound),
      "confusion": .array(
        classes.map { label in .array(classes.map { .integer(confusion[label, $0]) }) }),
    ])
  }
}
