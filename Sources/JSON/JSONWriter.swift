import Preconditions

/// Writes JSON text: the only place with its punctuation, its numbers and its escapes.
struct JSONWriter {
  /// The text so far.
  private(set) var text = ""

  private let format: JSONFormat
  private let spelling: (String) -> String

  init(_ format: JSONFormat, spelling: @escaping (String) -> String) {
    self.format = format
    self.spelling = spelling
  }

  /// Appends a value.
  ///
  /// - Parameters:
  ///   - value: The value.
  ///   - indentation: The line break and the spaces in front of the line of the value.
  mutating func write(_ value: JSON, indentation: String = "\n") {
    switch value {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += "\(value)"
    case .unsigned(let value): text += "\(value)"
    case .number(let value):
      if value.isFinite {
        text += "\(value)"
      } else {
        require(
          format.nonFiniteNumbers == .strings, "JSON numbers must be finite, but one is \(value).")
        text += value.isNaN ? "\"NaN\"" : value < 0 ? "\"-Infinity\"" : "\"Infinity\""
      }
    case .string(let value): write(value)
    case .array(let elements):
      // The numbers of a row are easier to read in one line.
      let hasLines = format.isIndented && !elements.allSatisfy(\.isScalar)
      writeList(elements, "[", "]", indentation: hasLines ? indentation : nil) {
        (writer, element, indentation) in writer.write(element, indentation: indentation)
      }
    case .object(let members):
      let hasLines = format.isIndented && !members.isEmpty
      let ordered = format.sortsKeys ? members.sortedMembers : Array(members)
      writeList(ordered, "{", "}", indentation: hasLines ? indentation : nil) {
        (writer, member, indentation) in
        writer.write(member.key)
        writer.text += writer.format.isIndented ? ": " : ":"
        writer.write(member.value, indentation: indentation)
      }
    }
  }

  /// Appends a list: each element on a line of its own, or all in one line.
  private mutating func writeList<Element>(
    _ elements: [Element], _ start: String, _ end: String, indentation: String?,
    _ write: (inout JSONWriter, Element, String) -> Void
  ) {
    let inner = indentation.map { $0 + "  " } ?? ""
    let separator = format.isIndented && indentation == nil ? ", " : ","
    text += start
    for (index, element) in elements.enumerated() {
      if index > 0 { text += separator }
      text += inner
      write(&self, element, inner)
    }
    text += indentation ?? ""
    text += end
  }

  /// Appends a string in quotes.
  private mutating func write(_ string: String) {
    text += "\""
    for scalar in spelling(string).unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case " "..<"\u{7F}": text.unicodeScalars.append(scalar)
      case "\u{A0}"... where !format.isASCII && !scalar.isInvisible:
        text.unicodeScalars.append(scalar)
      default:
        for unit in UTF16.encode(scalar) ?? .init() {
          let digits = String(unit, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      }
    }
    text += "\""
  }
}

extension Unicode.Scalar {
  /// Whether the scalar has no picture of its own, but can reorder or hide text.
  fileprivate var isInvisible: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: true
    default: false
    }
  }
}
