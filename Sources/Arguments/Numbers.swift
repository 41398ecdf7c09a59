/// A text that is not a number of the required kind.
private struct NumberError: Error, CustomStringConvertible {
  /// A description of valid numbers.
  let rule: String

  /// The reason, as ArgumentParser appends it to the option and its value.
  var description: String { "it must be \(rule)." }
}

/// Reads a whole number, as the `transform` of an option.
///
/// - Parameter text: The value of the option.
/// - Returns: The number.
/// - Throws: An error that names the rule.
public func wholeNumber(_ text: String) throws -> Int { try value(text, "a whole number") }

/// Reads a whole number that is not negative, as the `transform` of an option.
///
/// - Parameter text: The value of the option.
/// - Returns: The number.
/// - Throws: An error that names the rule.
public func unsignedNumber(_ text: String) throws -> UInt64 {
  try value(text, "a whole number from 0")
}

/// Reads a number, as the `transform` of an option.
///
/// - Parameter text: The value of the option.
/// - Returns: The number.
/// - Throws: An error that names the rule.
public func number<Value: LosslessStringConvertible & FloatingPoint>(
  _ text: String
) throws -> Value { try value(text, "a number") }

private func value<Value: LosslessStringConvertible>(
  _ text: String, _ rule: String
) throws -> Value {
  guard let value = Value(text) else { throw NumberError(rule: rule) }
  return value
}
