import Files

/// The header of an array in NumPy's format .npy.
///
/// Only arrays of plain numbers and texts are read. Objects, which NumPy stores as pickles, are
/// refused: to load a pickle means to run a program.
///
/// Source: NumPy, *numpy.lib.format*, versions 1.0 to 3.0.
struct NPYHeader {
  /// The type of the elements.
  enum ElementType {
    case unsigned(bytes: Int)
    case signed(bytes: Int)
    case float(bytes: Int)
    /// Bytes, filled up with zeros.
    case bytes(Int)
    /// Characters in UTF-32, filled up with zeros.
    case unicode(bytes: Int)

    var byteCount: Int {
      switch self {
      case .unsigned(let bytes), .signed(let bytes), .float(let bytes), .bytes(let bytes),
        .unicode(let bytes):
        bytes
      }
    }
  }

  /// The type as NumPy writes it, such as `<f4`.
  let descriptor: String
  let type: ElementType
  let isBigEndian: Bool
  let shape: [Int]
  /// The number of bytes before the elements.
  let byteCount: Int

  /// The number of bytes of all elements; `nil` if it is too large.
  var elementByteCount: Int? {
    var product = type.byteCount
    for extent in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      guard !overflow else { return nil }
      product = next
    }
    return product
  }

  /// The reason why an array cannot be read, as a phrase.
  struct Problem: Error {
    let reason: String
  }

  /// The maximum length of the description; NumPy itself refuses to evaluate a longer one.
  private static let maximumLength = 10_000

  /// Parses the header.
  ///
  /// - Parameter bytes: The beginning of the array, at least 16 KiB of it or all.
  /// - Throws: ``Problem`` if the array cannot be read.
  init(_ bytes: [UInt8]) throws(Problem) {
    guard bytes.count >= 10, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw Problem(reason: "it is not a NumPy array")
    }
    guard (1...3).contains(bytes[6]) else {
      throw Problem(reason: "version \(bytes[6]) of the format .npy is not supported")
    }
    let start = bytes[6] == 1 ? 10 : 12
    guard bytes.count >= start else { throw Problem(reason: "its header is truncated") }
    let length = Int(littleEndianBytes: bytes[8..<start])
    guard length <= Self.maximumLength, bytes.count >= start + length else {
      throw Problem(reason: "its header of \(length) bytes is truncated or too long")
    }
    byteCount = start + length
    var text = Literal(bytes[start..<start + length])
    var (descriptor, isFortran, shape): (String?, Bool?, [Int]?) = (nil, nil, nil)
    try text.expect("{")
    while !text.skips("}") {
      let key = try text.string()
      try text.expect(":")
      switch key {
      case "descr":
        guard text.next != UInt8(ascii: "[") else {
          throw Problem(reason: "it has fields, but only plain numbers are read")
        }
        descriptor = try text.string()
      case "fortran_order": isFortran = try text.boolean()
      case "shape": shape = try text.tuple()
      default: throw Problem(reason: "its header has the unknown key '\(key)'")
      }
      _ = text.skips(",")
    }
    guard let descriptor, let isFortran, let shape else {
      throw Problem(reason: "its header is incomplete")
    }
    guard !isFortran || shape.filter({ $0 != 1 }).count < 2 else {
      throw Problem(
        reason: "it is in Fortran's order; numpy.ascontiguousarray changes that before saving")
    }
    (self.shape, self.descriptor) = (shape, descriptor)
    isBigEndian = descriptor.hasPrefix(">")
    type = try Self.type(of: descriptor)
  }

  private static func type(of descriptor: String) throws(Problem) -> ElementType {
    let order = descriptor.first.map { "<>|=".contains($0) } == true
    switch order ? descriptor.dropFirst() : descriptor[...] {
    case "u1", "b1": return .unsigned(bytes: 1)
    case "u2": return .unsigned(bytes: 2)
    case "u4": return .unsigned(bytes: 4)
    case "u8": return .unsigned(bytes: 8)
    case "i1": return .signed(bytes: 1)
    case "i2": return .signed(bytes: 2)
    case "i4": return .signed(bytes: 4)
    case "i8": return .signed(bytes: 8)
    case "f2": return .float(bytes: 2)
    case "f4": return .float(bytes: 4)
    case "f8": return .float(bytes: 8)
    case "O":
      throw Problem(reason: "it holds Python objects, which are pickles and never loaded")
    case let text where text.first == "S" || text.first == "U":
      // A text of no characters has no bytes either.
      guard let count = Int(text.dropFirst()), (0...1 << 20).contains(count) else { fallthrough }
      return text.first == "S" ? .bytes(count) : .unicode(bytes: 4 * count)
    default: throw Problem(reason: "its elements of type '\(descriptor)' are no plain numbers")
    }
  }

  /// The kind of elements that ``elements(of:)`` returns; `nil` for texts.
  var kind: NumberArray.Kind? {
    switch type {
    case .unsigned(bytes: 1): .bytes
    case .unsigned, .signed: .integers
    case .float: .floats
    case .bytes, .unicode: nil
    }
  }

  /// Returns the texts.
  ///
  /// - Parameter bytes: The header and all elements.
  /// - Returns: The texts without the zeros at their ends; `nil` if the elements are not text.
  func texts(of bytes: [UInt8]) -> [String]? {
    let size = type.byteCount
    guard kind == nil, let count = shape.first, count <= 1 << 16 else { return nil }
    var texts: [String] = []
    for index in 0..<count {
      let element = bytes[byteCount + index * size..<byteCount + (index + 1) * size]
      var text: String?
      if case .bytes = type {
        let end = element.lastIndex { $0 != 0 } ?? element.startIndex - 1
        text = String(validating: element[...end], as: UTF8.self)
      } else {
        var units = stride(from: element.startIndex, to: element.endIndex, by: 4).map { start in
          let unit = element[start..<start + 4]
          return (isBigEndian ? Array(unit) : unit.reversed()).reduce(UInt32(0)) {
            $0 << 8 | UInt32($1)
          }
        }
        while units.last == 0 { units.removeLast() }
        text = String(validating: units, as: UTF32.self)
      }
      guard let text else { return nil }
      texts.append(text)
    }
    return texts
  }

  /// Converts the elements.
  ///
  /// - Parameter bytes: The header and all elements.
  /// - Returns: The elements.
  func elements(of bytes: consuming [UInt8]) -> NumberArray.Elements {
    let (start, size) = (byteCount, type.byteCount)
    if case .unsigned(bytes: 1) = type {
      bytes.removeFirst(start)
      return .bytes(bytes)
    }
    let isBigEndian = isBigEndian
    let count = size == 0 ? 0 : (bytes.count - start) / size
    let type = type
    return unsafe bytes.withUnsafeBytes { raw in
      func pattern(_ index: Int) -> UInt64 {
        var pattern: UInt64 = 0
        for byte in 0..<size {
          let place = isBigEndian ? size - 1 - byte : byte
          unsafe pattern |= UInt64(raw[start + index * size + place]) << (8 * byte)
        }
        return pattern
      }
      switch type {
      case .float(bytes: 4) where !isBigEndian:
        return unsafe .floats(
          [Float](unsafeUninitializedCapacity: count) { floats, filled in
            unsafe UnsafeMutableRawBufferPointer(floats).copyMemory(
              from: UnsafeRawBufferPointer(rebasing: raw[start..<start + 4 * count]))
            filled = count
          })
      case .float(bytes: 2):
        return .floats(
          (0..<count).map {
            Float(Float16(bitPattern: UInt16(truncatingIfNeeded: pattern($0))))
          })
      case .float(bytes: 4):
        return .floats(
          (0..<count).map { Float(bitPattern: UInt32(truncatingIfNeeded: pattern($0))) })
      case .float: return .floats((0..<count).map { Float(Double(bitPattern: pattern($0))) })
      case .bytes, .unicode: return .integers([])
      case .unsigned: return .integers((0..<count).map { Int64(clamping: pattern($0)) })
      case .signed(let size):
        // The sign is moved to the highest bit and back.
        let shift = 64 - 8 * size
        return .integers(
          (0..<count).map { (Int64(truncatingIfNeeded: pattern($0)) << shift) >> shift })
      }
    }
  }
}

/// The Python literal in the header: strings, booleans and tuples of whole numbers.
private struct Literal {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  private static let damaged = NPYHeader.Problem(reason: "its header is damaged")

  /// The next character after spaces; `nil` at the end.
  var next: UInt8? { rest.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") } }

  private mutating func skipSpaces() {
    rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
  }

  /// Skips a text if it is the next one.
  mutating func skips(_ text: String) -> Bool {
    skipSpaces()
    guard rest.starts(with: text.utf8) else { return false }
    rest = rest.dropFirst(text.utf8.count)
    return true
  }

  mutating func expect(_ text: String) throws(NPYHeader.Problem) {
    guard skips(text) else { throw Self.damaged }
  }

  mutating func string() throws(NPYHeader.Problem) -> String {
    skipSpaces()
    guard let quote = rest.popFirst(), [0x22, 0x27].contains(quote),
      let end = rest.firstIndex(of: quote)
    else { throw Self.damaged }
    defer { rest = rest[(end + 1)...] }
    return String(decoding: rest[..<end], as: UTF8.self)
  }

  mutating func boolean() throws(NPYHeader.Problem) -> Bool {
    if skips("True") { return true }
    try expect("False")
    return false
  }

  mutating func tuple() throws(NPYHeader.Problem) -> [Int] {
    try expect("(")
    var numbers: [Int] = []
    while !skips(")") {
      skipSpaces()
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      rest = rest.dropFirst(digits.count)
      guard numbers.count < 32, let number = Int(String(decoding: digits, as: UTF8.self)) else {
        throw Self.damaged
      }
      // Python 2 wrote long integers with this suffix.
      _ = skips("L")
      numbers.append(number)
      guard skips(",") || next == UInt8(ascii: ")") else { throw Self.damaged }
    }
    return numbers
  }
}
