/// Parses JSON (RFC 8259) in one pass over its bytes, in time and memory proportional to the text.
///
/// Three things are refused that a parser may accept: an object with a duplicate key, of which
/// Python takes the last, values nested deeper than ``depth``, and more values than ``count``.
struct JSONParser {
  /// The maximum nesting depth.
  ///
  /// A model of Keras takes 11 levels, and each model around it two more.
  static let depth = 64

  /// The maximum number of values.
  ///
  /// A value takes up to a hundred bytes, however short its text is.
  static let count = 1 << 20

  private let bytes: [UInt8]
  private var position = 0
  private var count = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The value of the whole text.
  ///
  /// - Returns: The value.
  /// - Throws: ``JSONError``.
  mutating func parse() throws(JSONError) -> JSON {
    let value = try value(depth: JSONParser.depth)
    skipSpace()
    guard position == bytes.count else { throw notJSON }
    return value
  }

  /// The error of a text that is not JSON at the position.
  private var notJSON: JSONError { .notJSON(offset: position) }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  /// Passes over a character; false if another one comes.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSON {
    guard depth > 0 else {
      throw .tooDeep(limit: JSONParser.depth)
    }
    count += 1
    guard count <= JSONParser.count else { throw .tooMany(limit: JSONParser.count) }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    let word = Array("\(text)".utf8)
    guard bytes[position...].starts(with: word) else { throw notJSON }
    position += word.count
    return value
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSON {
    position += 1
    var values: [JSON] = []
    skipSpace()
    if take("]") { return .array(values) }
    while true {
      do throws(JSONError) {
        values.append(try value(depth: depth - 1))
      } catch {
        throw error.within("[\(values.count)]")
      }
      skipSpace()
      if take("]") { return .array(values) }
      guard take(",") else { throw notJSON }
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSON {
    position += 1
    var members = JSON.Object()
    skipSpace()
    if take("}") { return .object(members) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw notJSON }
      let key = try string()
      skipSpace()
      guard take(":") else { throw notJSON }
      let value: JSON
      do throws(JSONError) { value = try self.value(depth: depth - 1) } catch {
        throw error.within(key)
      }
      guard members.append(key, value) else { throw .duplicateKey(key, path: "") }
      skipSpace()
      if take("}") { return .object(members) }
      guard take(",") else { throw notJSON }
    }
  }

  private mutating func number() throws(JSONError) -> JSON {
    let start = position
    func digits() -> Bool {
      let first = position
      while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
      return position > first
    }
    _ = take("-")
    let first = position
    guard digits(), position == first + 1 || bytes[first] != UInt8(ascii: "0") else {
      throw notJSON
    }
    var isInteger = true
    if take(".") {
      isInteger = false
      guard digits() else { throw notJSON }
    }
    if take("e") || take("E") {
      isInteger = false
      if !take("+") { _ = take("-") }
      guard digits() else { throw notJSON }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw .numberTooLarge(offset: start)
    }
    // Python writes 0.0 where an option is a number, and 0 means the same.
    return Int(exactly: value).map(JSON.integer) ?? .number(value)
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        position += 1
        try appendEscape(to: &text)
      case 0..<0x20: throw notJSON
      default:
        text.append(byte)
        position += 1
      }
    }
    throw notJSON
  }

  /// Reads what comes after a backslash.
  private mutating func appendEscape(to text: inout [UInt8]) throws(JSONError) {
    guard let byte = next else { throw notJSON }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var code = try codeUnit()
      if (0xD800...0xDBFF).contains(code) {
        guard take("\\"), take("u") else { throw notJSON }
        let low = try codeUnit()
        guard (0xDC00...0xDFFF).contains(low) else { throw notJSON }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw notJSON }
      text.append(contentsOf: UTF8.encode(scalar) ?? .init())
    default: throw notJSON
    }
  }

  private mutating func codeUnit() throws(JSONError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw notJSON }
    var code: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw notJSON }
      code = code << 4 | UInt32(digit)
    }
    position += 4
    return code
  }
}
