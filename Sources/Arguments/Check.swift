import ArgumentParser

/// Checks that the value of an option is in a range.
///
/// - Parameters:
///   - option: The name of the option, such as `--epochs`.
///   - value: Its value; `nil`, for an option that was not given, is valid.
///   - range: The valid values.
/// - Throws: `ValidationError` with the option, the range and the value.
public func check<Value: Comparable>(
  _ option: String, _ value: Value?, in range: ClosedRange<Value>
) throws {
  guard let value, !range.contains(value) else { return }
  throw ValidationError(
    "`\(option)` must be from \(range.lowerBound) to \(range.upperBound), but is \(value).")
}

/// Checks the value of an option against a rule.
///
/// - Parameters:
///   - option: The name of the option, such as `--lr`.
///   - value: Its value; `nil`, for an option that was not given, is valid.
///   - rule: A description of valid values, such as "a number greater than 0".
///   - isAllowed: Returns whether a value is valid.
/// - Throws: `ValidationError` with the option, the rule and the value.
public func check<Value>(
  _ option: String, _ value: Value?, mustBe rule: String, where isAllowed: (Value) -> Bool
) throws {
  guard let value, !isAllowed(value) else { return }
  let found = "\(value)"
  throw ValidationError("`\(option)` must be \(rule), but is \(found.isEmpty ? "empty" : found).")
}
