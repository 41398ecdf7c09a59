import Preconditions

/// A JSON value; the members of an object have no order.
///
/// ``JSONDocument`` is the type for output with its members in a given order.
public enum JSON: Hashable, Sendable {
  /// `null`.
  case null

  /// `true` or `false`.
  case bool(Bool)

  /// A number without a fraction.
  case integer(Int)

  /// Any other number.
  case number(Double)

  /// A string.
  case string(String)

  /// An array.
  case array([JSON])

  /// An object.
  case object([String: JSON])

  /// Converts a float to the double with the same shortest decimal form: 0.1, not 0.10000000149….
  ///
  /// - Parameter float: A number.
  /// - Returns: The number in double precision.
  public static func number(_ float: Float) -> JSON { .number(Double("\(float)") ?? Double(float)) }

  /// Parses a JSON text.
  ///
  /// - Parameter text: The text.
  /// - Throws: ``JSONError`` if the text is not JSON, nested too deep, or has a key twice.
  public init(parsing text: String) throws(JSONError) {
    var parser = JSONParser(text)
    self = try parser.parse()
  }

  /// The value as compact ASCII text with sorted keys, so that equal values have equal text.
  ///
  /// A ``number(_:)-(Double)`` always has a fraction or an exponent: Keras refuses a momentum of
  /// `0`, and takes an initial learning rate of `1` for an integer. All numbers must be finite.
  public var text: String { text(.compact) }

  /// Formats the value with sorted keys.
  ///
  /// - Parameter format: The layout and the escaping.
  /// - Returns: The text. All numbers must be finite.
  public func text(_ format: JSONFormat) -> String {
    requireFinite()
    return JSONDocument(self).text(format)
  }

  private func requireFinite() {
    switch self {
    case .number(let value):
      require(value.isFinite, "JSON numbers must be finite, but one is \(value).")
    case .array(let values): for value in values { value.requireFinite() }
    case .object(let members): for value in members.values { value.requireFinite() }
    case .null, .bool, .integer, .string: break
    }
  }

  /// The value of a key, if this is an object that has it and the value is not `null`.
  public subscript(key: String) -> JSON? {
    guard case .object(let members) = self, let value = members[key], value != .null else {
      return nil
    }
    return value
  }

  /// The string, if this is one.
  public var string: String? { if case .string(let value) = self { value } else { nil } }

  /// The whole number, if this is one.
  public var integer: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The number, if this is one.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The truth value, if this is one.
  public var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  /// The truth value, or 1 or 0 as a truth value: some programs write 1 for `true`.
  package var truth: Bool? {
    switch self {
    case .bool(let value): value
    case .integer(0), .number(0): false
    case .integer(1), .number(1): true
    default: nil
    }
  }

  /// The elements, if this is an array.
  public var array: [JSON]? {
    guard case .array(let value) = self else { return nil }
    return value
  }

  /// The members, if this is an object.
  public var object: [String: JSON]? {
    guard case .object(let value) = self else { return nil }
    return value
  }
}
