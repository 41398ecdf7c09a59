/// A JSON value; the members of an object keep their order.
///
/// ```swift
/// let json = try JSON(parsing: #"{"epochs": 5, "rates": [0.1, 0.01]}"#)
/// let epochs = json["epochs"]?.integer  // 5
/// let rates = json["rates"]?.array?.compactMap(\.number)  // [0.1, 0.01]
/// print(json.text)
/// ```
public enum JSON: Hashable, Sendable {
  /// `null`.
  case null

  /// `true` or `false`.
  case bool(Bool)

  /// A number without a fraction.
  case integer(Int)

  /// A number without a fraction that is greater than `Int.max`.
  ///
  /// The parser reads such a number as a ``number(_:)-enum.case``.
  case unsigned(UInt64)

  /// Any other number.
  case number(Double)

  /// A string.
  case string(String)

  /// An array.
  case array([JSON])

  /// An object.
  case object(Object)

  /// Converts a float to the double with the same shortest decimal form: 0.1, not 0.10000000149….
  ///
  /// - Parameter float: A number.
  /// - Returns: The number in double precision.
  public static func number(_ float: Float) -> JSON { .number(Double("\(float)") ?? Double(float)) }

  /// Converts a signed whole number.
  ///
  /// - Parameter value: The number.
  /// - Returns: The number.
  public static func integer(_ value: Int64) -> JSON { .integer(Int(value)) }

  /// Converts an unsigned whole number.
  ///
  /// - Parameter value: The number.
  /// - Returns: An ``integer(_:)-enum.case`` if the number is small enough, so that equal numbers
  ///   are equal values; otherwise an ``unsigned(_:)``.
  public static func integer(_ value: UInt64) -> JSON {
    Int(exactly: value).map { .integer($0) } ?? .unsigned(value)
  }

  /// Parses a JSON text.
  ///
  /// - Parameter text: The text.
  /// - Throws: ``JSONError`` if the text is not JSON, is nested too deep, has too many values, or
  ///   has a key twice.
  public init(parsing text: String) throws(JSONError) {
    var parser = JSONParser(text)
    self = try parser.parse()
  }

  /// The value as compact ASCII text with sorted keys, so that equal values have equal text.
  ///
  /// A ``number(_:)-enum.case`` always has a fraction or an exponent: Keras refuses a momentum of
  /// `0`, and takes an initial learning rate of `1` for an integer. All numbers must be finite.
  public var text: String { text(.canonical) }

  /// Formats the value, without a line break at its end.
  ///
  /// Numbers have as many digits as needed to read the same number back.
  ///
  /// - Parameters:
  ///   - format: The layout, the order and the escaping.
  ///   - spelling: Replaces each string and each key before it is escaped.
  /// - Returns: The text.
  public func text(
    _ format: JSONFormat, spelling: @escaping (String) -> String = { $0 }
  ) -> String {
    var writer = JSONWriter(format, spelling: spelling)
    writer.write(self)
    return writer.text
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
    case .unsigned(let value): Int(exactly: value)
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The number, if this is one.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
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
  public var object: Object? {
    guard case .object(let value) = self else { return nil }
    return value
  }

  /// Whether the value is neither an array nor an object.
  var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }
}
