import Files
public import JSON

extension NumberReading {
  /// The reading as a JSON object.
  ///
  /// - Parameter expected: The true number; `nil` if it is not known.
  /// - Returns: The object.
  public func json(expected: String? = nil) -> JSON {
    .object([
      "file": .string(PathText.printable(file)),
      "number": .string(number),
      "lines": .array(numbers.map(JSON.string)),
      "confidence": lines.isEmpty ? nil : .number(confidence),
      "expected": expected.map(JSON.string),
      "rejected": .bool(isRejected),
      "source_width": .integer(width),
      "source_height": .integer(height),
      "digits": .array(
        lines.enumerated().flatMap { line, digits in digits.map { $0.json(line: line) } }),
      "left_out": .array(leftOut.map(\.json)),
    ])
  }
}

extension NumberReading.Digit {
  fileprivate func json(line: Int) -> JSON {
    guard case .object(var members) = prediction.json else { return prediction.json }
    members["file"] = nil
    members["line"] = .integer(line)
    members["box"] = box.json
    return .object(members)
  }
}
