/// The value of an attribute.
public enum AttributeValue: Equatable, Sendable {
  /// One string.
  case string(String)
  /// A list of strings.
  case strings([String])
  /// One signed integer.
  case int(Int64)
  /// A list of signed integers.
  case ints([Int64])
  /// One unsigned integer.
  case uint(UInt64)
  /// A list of unsigned integers.
  case uints([UInt64])
  /// One floating-point number.
  case double(Double)
  /// A list of floating-point numbers.
  case doubles([Double])
  /// A list of no 64-bit floating-point numbers: what numpy, and so Keras, makes of any empty list.
  case empty
  /// Anything else, in words; it cannot be written.
  case other(String)
}
