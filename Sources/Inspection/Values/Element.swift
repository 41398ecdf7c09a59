import JSON

/// An element of a dataset in the precision of the file.
///
/// See ``FileComparison`` for an example.
public enum Element: Equatable, Sendable {
  /// A floating-point number of 16 or 32 bits.
  case float(Float)
  /// A floating-point number of 64 bits.
  case double(Double)
  /// A signed integer.
  case integer(Int64)
  /// An unsigned integer.
  case unsigned(UInt64)
  /// A string.
  case string(String)
  /// Bytes of an opaque type.
  case bytes([UInt8])
}

extension Element: CustomStringConvertible {
  /// The element with as many digits as needed to read it back unchanged; strings are quoted.
  public var description: String {
    switch self {
    case .float(let value): value.isNaN ? nan(value.bitPattern) : "\(value)"
    case .double(let value): value.isNaN ? nan(value.bitPattern) : "\(value)"
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .string(let text): "'\(text)'"
    case .bytes(let bytes): "0x" + bytes.map { Element.hexadecimal($0, digits: 2) }.joined()
    }
  }

  /// The bits of a NaN are shown, because NaNs can differ.
  private func nan(_ bits: some FixedWidthInteger & UnsignedInteger) -> String {
    "nan (0x\(Element.hexadecimal(bits, digits: bits.bitWidth / 4)))"
  }

  static func hexadecimal(_ number: some BinaryInteger, digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

extension Element {
  /// The element as JSON.
  var json: JSON {
    switch self {
    case .float(let value): .number(Double(value))
    case .double(let value): .number(value)
    case .integer(let value): .integer(value)
    case .unsigned(let value): .integer(value)
    case .string(let text): .string(text)
    case .bytes: .string(description)
    }
  }
}
