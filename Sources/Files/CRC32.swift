import CZlib

/// The checksum CRC-32 of zip archives, gzip and PNG (ISO 3309, polynomial 0xEDB88320).
package struct CRC32 {
  /// The checksum of all bytes so far.
  package private(set) var value: UInt32 = 0

  /// Starts without bytes.
  package init() {}

  /// Adds bytes.
  ///
  /// - Parameter bytes: The next bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var rest = unsafe bytes[...]
    while unsafe !rest.isEmpty {
      // zlib counts in 32 bits.
      let part = unsafe UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      value = unsafe UInt32(
        truncatingIfNeeded: crc32(
          uLong(value), part.baseAddress?.assumingMemoryBound(to: Bytef.self), uInt(part.count)))
      unsafe rest = unsafe rest.dropFirst(part.count)
    }
  }

  /// Computes the checksum of bytes.
  ///
  /// - Parameter bytes: The bytes.
  /// - Returns: The checksum.
  package static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var checksum = CRC32()
    unsafe bytes.withUnsafeBytes { unsafe checksum.update($0) }
    return checksum.value
  }
}
