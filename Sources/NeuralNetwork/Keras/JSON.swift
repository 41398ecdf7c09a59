import Preconditions
/// A JSON value, as the configurations of Keras are made of.
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

  /// Makes the number that the shortest decimal form of a float stands for: 0.1, not the
  /// 0.10000000149… that the float is in double precision.
  ///
  /// - Parameter float: A number.
  /// - Returns: The number in double precision.
  public static func number(_ float: Float) -> JSON { .number(Double("\(float)") ?? Double(float)) }

  /// Reads JSON.
  ///
  /// - Parameter text: The text.
  /// - Throws: ``KerasError/notJSON(_:)`` if the text is not JSON.
  public init(parsing text: String) throws(KerasError) {
    var parser = JSONParser(text)
    self = try parser.parse()
  }

  /// The value as compact text in ASCII, object keys sorted, so that equal values give equal text.
  ///
  /// A ``number(_:)`` always has a fraction or an exponent: Keras refuses a momentum of `0`, and takes
  /// an initial learning rate of `1` for an integer.
  public var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += "\(value)"
    case .number(let value):
      require(value.isFinite, "JSON numbers must be finite, but one is \(value).")
      text += "\(value)"
    case .string(let value): JSON.write(value, to: &text)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { text += "," }
        JSON.write(member.key, to: &text)
        text += ":"
        member.value.write(to: &text)
      }
      text += "}"
    }
  }

  /// Appends a string in quotes; everything but printable ASCII is escaped.
  ///
  /// - Parameters:
  ///   - string: The string.
  ///   - text: The text to append to.
  package static func write(_ string: String, to text: inout String) {
    text += "\""
    for unit in string.utf16 {
      switch unit {
      case 0x22: text += "\\\""
      case 0x5C: text += "\\\\"
      case 0x0A: text += "\\n"
      case 0x0D: text += "\\r"
      case 0x09: text += "\\t"
      case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      default:
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    text += "\""
  }

  /// The value of a key, if this is an object that has it and the value is not `null`.
  public subscript(key: String) -> JSON? {
    guard case .object(let members) = self, let value = members[key], value != .null else {
      return nil
    }
    return value
  }

  /// The string, if this is one.
  public var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

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

  /// The truth value, if this is one or a number that stands for one: some programs write 1 for `true`.
  var truth: Bool? {
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

extension JSON: Codable {
  /// Reads a value.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSON].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSON].self))
    }
  }

  /// Writes the value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}
