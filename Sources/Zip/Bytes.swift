import Files

/// Parses little-endian numbers from the bytes of a record.
struct Bytes {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// The number of bytes that are left.
  var count: Int { bytes.endIndex - position }

  /// Reads the next number.
  mutating func next<Number: FixedWidthInteger & UnsignedInteger>(
    _ type: Number.Type = Number.self
  ) throws(ZipError.Cause) -> Number {
    Number(littleEndianBytes: try take(Number.bitWidth / 8))
  }

  /// Returns the next `count` bytes.
  mutating func take(_ count: Int) throws(ZipError.Cause) -> ArraySlice<UInt8> {
    guard count >= 0, count <= self.count else { throw .damaged("a record is truncated") }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// Skips the next `count` bytes.
  mutating func skip(_ count: Int) throws(ZipError.Cause) { _ = try take(count) }
}

extension [UInt8] {
  /// Appends a number, the least significant byte first.
  mutating func append(littleEndian number: some FixedWidthInteger) {
    append(contentsOf: number.littleEndianBytes)
  }
}
