/// The stored type of the elements of a dataset or an attribute.
public enum ElementType: Equatable, Sendable {
  /// The byte order of a number.
  public enum ByteOrder: Sendable {
    /// The least significant byte first.
    case littleEndian
    /// The most significant byte first.
    case bigEndian
  }

  /// The encoding of a string.
  public enum CharacterSet: Sendable {
    /// 7-bit ASCII.
    case ascii
    /// UTF-8.
    case utf8
  }

  /// The padding of a string of fixed length.
  public enum Padding: Sendable {
    /// A zero byte ends the string.
    case nullTerminated
    /// Zero bytes fill the rest, and a string that fills its length has none.
    case nullPadded
    /// Spaces fill the rest, as in Fortran.
    case spacePadded
  }

  /// A 16-bit IEEE 754 number (half precision).
  case float16(ByteOrder = .littleEndian)
  /// A bfloat16 number: the upper 16 bits of a 32-bit IEEE 754 number.
  case bfloat16(ByteOrder = .littleEndian)
  /// A 32-bit IEEE 754 number.
  case float32(ByteOrder = .littleEndian)
  /// A 64-bit IEEE 754 number.
  case float64(ByteOrder = .littleEndian)
  /// A two's complement integer of 8, 16, 32 or 64 bits.
  case integer(bits: Int, signed: Bool, ByteOrder = .littleEndian)
  /// An enumeration: an integer with named values. h5py stores booleans as FALSE and TRUE.
  case enumeration(bits: Int, signed: Bool, names: [String])
  /// A string of a fixed number of bytes.
  case fixedString(bytes: Int, CharacterSet, Padding)
  /// A string of variable length, stored in a heap of the file.
  case variableString(CharacterSet, Padding)
  /// Bytes without a meaning in HDF5. Keras stores bfloat16 as two such bytes.
  case opaque(bytes: Int, tag: String)
  /// Any other type, with its description.
  case other(String)

  /// Whether the elements are floating-point numbers.
  public var isFloat: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// Whether the elements are integers, including enumerations.
  public var isInteger: Bool {
    switch self {
    case .integer, .enumeration: true
    default: false
    }
  }

  /// Whether the elements are strings.
  public var isString: Bool {
    switch self {
    case .fixedString, .variableString: true
    default: false
    }
  }
}

extension ElementType: CustomStringConvertible {
  /// The name of the type, as in numpy if it has one there: `float32`, `int64 big-endian`.
  public var description: String {
    switch self {
    case .float16(let order): "float16\(order.suffix)"
    case .bfloat16(let order): "bfloat16\(order.suffix)"
    case .float32(let order): "float32\(order.suffix)"
    case .float64(let order): "float64\(order.suffix)"
    case .integer(let bits, let signed, let order):
      "\(signed ? "int" : "uint")\(bits)\(bits == 8 ? "" : order.suffix)"
    case .enumeration(_, _, names: ["FALSE", "TRUE"]): "bool"
    case .enumeration(let bits, let signed, let names):
      "enum of \(signed ? "int" : "uint")\(bits) {\(names.joined(separator: ", "))}"
    case .fixedString(let bytes, let characterSet, let padding):
      "string of \(bytes) bytes, \(characterSet), \(padding)"
    case .variableString(let characterSet, _): "string, \(characterSet)"
    case .opaque(let bytes, let tag):
      tag.isEmpty ? "opaque of \(bytes) bytes" : "opaque of \(bytes) bytes, tag '\(tag)'"
    case .other(let words): words
    }
  }
}

extension ElementType.ByteOrder {
  var suffix: String { self == .bigEndian ? " big-endian" : "" }
}

extension ElementType.CharacterSet: CustomStringConvertible {
  /// The name of the encoding.
  public var description: String { self == .ascii ? "ASCII" : "UTF-8" }
}

extension ElementType.Padding: CustomStringConvertible {
  /// The name of the padding.
  public var description: String {
    switch self {
    case .nullTerminated: "null-terminated"
    case .nullPadded: "null-padded"
    case .spacePadded: "space-padded"
    }
  }
}
