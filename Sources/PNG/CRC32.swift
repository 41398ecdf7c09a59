/// The checksum of PNG chunks (ISO 3309, the polynomial 0xEDB88320 bit-reversed).
package enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { (byte: UInt32) in
    (0..<8).reduce(byte) { value, _ in
      value & 1 == 0 ? value >> 1 : 0xEDB8_8320 ^ (value >> 1)
    }
  }

  /// The checksum of some bytes.
  ///
  /// - Parameter bytes: a chunk's type and data.
  /// - Returns: the number that follows them in a file.
  package static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let table = table
    return ~bytes.reduce(UInt32.max) { value, byte in
      table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ (value >> 8)
    }
  }
}
