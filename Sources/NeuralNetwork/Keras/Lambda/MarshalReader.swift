/// A value in the format of Python's `marshal`, as far as the code of simple functions has them.
enum MarshalledValue: Equatable {
  case none
  case integer(Int)
  case float(Double)
  case bytes([UInt8])
  /// The UTF-8 or Latin-1 bytes of a string.
  case string([UInt8])
  case tuple([MarshalledValue])
  /// The code object itself, which no reference to it can be used as.
  case code
}

/// A reader of Python's `marshal` format, versions 3 and 4, that makes values and nothing else.
///
/// It knows the few types of values that the code of simple functions consists of, and fails on any
/// other. It is total: each read consumes bytes or fails, and tuples nest at most
/// ``deepest`` levels.
///
/// Source: Python/marshal.c of CPython 3.5 to 3.13.
struct MarshalReader {
  /// Bytes of a type that is not known, or too few bytes.
  struct Failure: Error {}

  private static let deepest = 2
  private static let isReferenced: UInt8 = 0x80

  private let bytes: [UInt8]
  private var position = 0
  private var references: [MarshalledValue] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether all bytes have been read.
  var isAtEnd: Bool { position == bytes.count }

  /// Reads the type of a code object, which must be the first value.
  mutating func readCodeType() throws(Failure) {
    let type = try readByte()
    guard type & ~Self.isReferenced == UInt8(ascii: "c") else { throw Failure() }
    if type & Self.isReferenced != 0 { references.append(.code) }
  }

  /// Reads a whole number of 32 bits with its sign.
  mutating func readInt32() throws(Failure) -> Int {
    var word: UInt32 = 0
    for place in 0..<4 { word |= UInt32(try readByte()) << UInt32(8 * place) }
    return Int(Int32(bitPattern: word))
  }

  /// Reads a value.
  mutating func readValue() throws(Failure) -> MarshalledValue { try readValue(depth: 0) }

  private mutating func readValue(depth: Int) throws(Failure) -> MarshalledValue {
    let byte = try readByte()
    let type = UnicodeScalar(byte & ~Self.isReferenced)
    let isReferenced = byte & Self.isReferenced != 0
    switch type {
    case "N":
      // The singleton has no references.
      guard !isReferenced else { throw Failure() }
      return .none
    case "r":
      let index = try readInt32()
      guard !isReferenced, references.indices.contains(index) else { throw Failure() }
      return references[index]
    default: break
    }
    // A tuple has its place before its elements.
    let place = references.count
    if isReferenced { references.append(.code) }
    let value: MarshalledValue
    switch type {
    case "i": value = .integer(try readInt32())
    case "g":
      var bits: UInt64 = 0
      for place in 0..<8 { bits |= UInt64(try readByte()) << UInt64(8 * place) }
      value = .float(Double(bitPattern: bits))
    case "s": value = .bytes(try readBytes(count: try readInt32()))
    case "u", "t", "a", "A": value = .string(try readBytes(count: try readInt32()))
    case "z", "Z": value = .string(try readBytes(count: Int(try readByte())))
    case ")": value = try readTuple(count: Int(try readByte()), depth: depth)
    case "(": value = try readTuple(count: try readInt32(), depth: depth)
    default: throw Failure()
    }
    if isReferenced { references[place] = value }
    return value
  }

  private mutating func readTuple(count: Int, depth: Int) throws(Failure) -> MarshalledValue {
    guard depth < Self.deepest, (0...bytes.count - position).contains(count) else {
      throw Failure()
    }
    var elements: [MarshalledValue] = []
    for _ in 0..<count { elements.append(try readValue(depth: depth + 1)) }
    return .tuple(elements)
  }

  private mutating func readByte() throws(Failure) -> UInt8 {
    guard position < bytes.count else { throw Failure() }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func readBytes(count: Int) throws(Failure) -> [UInt8] {
    guard (0...bytes.count - position).contains(count) else { throw Failure() }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }
}
