import ArgumentParser

/// Checks that the value of an option is in a range.
///
/// - Parameters:
///   - option: The option as it is written, such as `--epochs`.
///   - value: Its value; `nil` if the option was not given, which is right.
///   - range: The values that are allowed.
/// - Throws: `ValidationError` with the option, the range and the value.
public func check<Value: Comparable>(
  _ option: String, _ value: Value?, in range: ClosedRange<Value>
) throws {
  guard let value, !range.contains(value) else { return }
  throw ValidationError(
    "`\(option)` must be from \(range.lowerBound) to \(range.upperBound), but is \(value).")
}

/// Checks that the value of an option obeys a rule.
///
/// - Parameters:
///   - option: The option as it is written, such as `--lr`.
///   - value: Its value; `nil` if the option was not given, which is right.
///   - rule: What the value must be, such as "a number greater than 0".
///   - isAllowed: Whether a value is allowed.
/// - Throws: `ValidationError` with the option, the rule and the value.
public func check<Value>(
  _ option: String, _ value: Value?, mustBe rule: String, where isAllowed: (Value) -> Bool
) throws {
  guard let value, !isAllowed(value) else { return }
  throw ValidationError("`\(option)` must be \(rule), but is \(value).")
}
