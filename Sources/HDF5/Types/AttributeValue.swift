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
  /// An empty list of 64-bit floating-point numbers, which numpy and Keras write for every empty
  /// list.
  case empty
  /// Any other value, with its description. It cannot be written.
  case other(String)
}
