import Files

/// Little-endian numbers in bytes that have been read from an archive.
struct Bytes {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// How many bytes are left.
  var count: Int { bytes.endIndex - position }

  /// Takes the next bytes, as many as a number has.
  mutating func next<Number: FixedWidthInteger & UnsignedInteger>(
    _ type: Number.Type = Number.self
  ) throws(ZipError.Cause) -> Number {
    Number(littleEndianBytes: try take(Number.bitWidth / 8))
  }

  /// Takes the next `count` bytes.
  mutating func take(_ count: Int) throws(ZipError.Cause) -> ArraySlice<UInt8> {
    guard count >= 0, count <= self.count else { throw .damaged("a record is cut off") }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// Passes over the next `count` bytes.
  mutating func skip(_ count: Int) throws(ZipError.Cause) { _ = try take(count) }
}

extension [UInt8] {
  /// Appends a number, the least significant byte first.
  mutating func append(littleEndian number: some FixedWidthInteger) {
    append(contentsOf: number.littleEndianBytes)
  }
}
