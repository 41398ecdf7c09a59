/// A JSON value for output, with the members of objects in the given order and exact numbers.
public enum JSONDocument: Sendable {
  /// `null`.
  case null

  /// `true` or `false`.
  case bool(Bool)

  /// A signed whole number.
  case integer(Int64)

  /// An unsigned whole number.
  case unsigned(UInt64)

  /// A number; not finite ones become the strings "NaN", "Infinity" and "-Infinity".
  case number(Double)

  /// A string.
  case string(String)

  /// An array.
  case array([JSONDocument])

  /// An object.
  case object([(key: String, value: JSONDocument)])

  /// Formats the value, without a line break at its end.
  ///
  /// Numbers have as many digits as needed to read the same number back.
  ///
  /// - Parameters:
  ///   - format: The layout and the escaping.
  ///   - spelling: Replaces each string and each key before it is escaped.
  /// - Returns: The text.
  public func text(
    _ format: JSONFormat, spelling: @escaping (String) -> String = { $0 }
  ) -> String {
    var writer = JSONWriter(format, spelling: spelling)
    writer.write(self)
    return writer.text
  }

  /// Whether the value is neither an array nor an object.
  var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }
}

extension JSONDocument {
  /// Converts a value, and sorts the keys of its objects.
  ///
  /// - Parameter json: The value.
  public init(_ json: JSON) {
    self =
      switch json {
      case .null: .null
      case .bool(let value): .bool(value)
      case .integer(let value): .integer(Int64(value))
      case .number(let value): .number(value)
      case .string(let value): .string(value)
      case .array(let values): .array(values.map(JSONDocument.init))
      case .object(let members): .object(members)
      }
  }

  /// Creates an object with sorted keys.
  ///
  /// - Parameter members: The members.
  /// - Returns: The object.
  public static func object(_ members: [String: JSON]) -> JSONDocument {
    .object(members.sorted { $0.key < $1.key }.map { ($0.key, JSONDocument($0.value)) })
  }
}
