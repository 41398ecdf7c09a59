public import NeuralNetwork
import SystemPaths

/// A value to be written as JSON, with its keys in the order given and its numbers as they are.
public enum JSONDocument: Sendable {
  /// `null`.
  case null

  /// `true` or `false`.
  case bool(Bool)

  /// A signed whole number.
  case integer(Int64)

  /// An unsigned whole number.
  case unsigned(UInt64)

  /// A number; what JSON has no number for becomes "NaN", "Infinity" or "-Infinity".
  case number(Double)

  /// A string.
  case string(String)

  /// An array.
  case array([JSONDocument])

  /// An object.
  case object([(key: String, value: JSONDocument)])

  /// The value as indented text, in ASCII, without a line break at its end.
  ///
  /// Numbers have as many digits as it takes to read the same number back.
  public var text: String {
    var text = ""
    write(to: &text, indentation: "\n")
    return text
  }

  private func write(to text: inout String, indentation: String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += "\(value)"
    case .unsigned(let value): text += "\(value)"
    case .number(let value):
      if value.isFinite {
        text += "\(value)"
      } else {
        text += value.isNaN ? "\"NaN\"" : value < 0 ? "\"-Infinity\"" : "\"Infinity\""
      }
    case .string(let value): JSONDocument.write(value, to: &text)
    case .array(let elements):
      // Numbers of one row are read in one line.
      let isFlat = elements.allSatisfy(\.isScalar)
      let inner = isFlat ? "" : indentation + "  "
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += isFlat ? ", " : "," }
        text += inner
        element.write(to: &text, indentation: inner)
      }
      text += isFlat ? "]" : indentation + "]"
    case .object(let members):
      let inner = indentation + "  "
      text += "{"
      for (index, member) in members.enumerated() {
        text += (index > 0 ? "," : "") + inner
        JSONDocument.write(member.key, to: &text)
        text += ": "
        member.value.write(to: &text, indentation: inner)
      }
      text += members.isEmpty ? "}" : indentation + "}"
    }
  }

  private var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  private static func write(_ string: String, to text: inout String) {
    // For a byte of the file that is not UTF-8, JSON has nothing.
    JSON.write(PathText.printable(string), to: &text)
  }
}

extension JSONDocument {
  /// Takes over a value of a configuration; keys are sorted.
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

  /// Makes an object of members in any order.
  static func object(_ members: [String: JSON]) -> JSONDocument {
    .object(members.sorted { $0.key < $1.key }.map { ($0.key, JSONDocument($0.value)) })
  }

  static func string(_ value: String?) -> JSONDocument { value.map(JSONDocument.string) ?? .null }

  static func integer(_ value: Int?) -> JSONDocument {
    value.map { .integer(Int64($0)) } ?? .null
  }

  static func number(_ value: Double?) -> JSONDocument { value.map(JSONDocument.number) ?? .null }

  static func shape(_ shape: [Int?]?) -> JSONDocument {
    shape.map { .array($0.map { .integer($0) }) } ?? .null
  }
}
