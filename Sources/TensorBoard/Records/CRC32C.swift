/// The checksum CRC-32C of Castagnoli (polynomial 0x82F63B78), as in iSCSI.
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { (byte: UInt32) in
    (0..<8).reduce(byte) { value, _ in value >> 1 ^ (value & 1 == 0 ? 0 : 0x82F6_3B78) }
  }

  /// Computes the checksum of bytes.
  ///
  /// - Parameter bytes: The bytes.
  /// - Returns: The checksum.
  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let table = table
    return ~bytes.reduce(~0) { value, byte in
      table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ value >> 8
    }
  }

  /// Computes the checksum as it is stored beside the bytes: rotated, with a constant added.
  ///
  /// Source: masked CRC in tensorflow/core/lib/hash/crc32c.h.
  ///
  /// - Parameter bytes: The bytes.
  /// - Returns: The masked checksum.
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let checksum = checksum(bytes)
    return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }
}
