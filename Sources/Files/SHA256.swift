private import CSHA256

/// The digest SHA-256 (FIPS 180-4) of bytes that come in parts.
package struct SHA256 {
  /// The number of bytes of a digest.
  package static let byteCount = 32

  private var hash = cairn_sha256()

  /// Starts without bytes.
  package init() { unsafe cairn_sha256_begin(&hash) }

  /// Adds bytes.
  ///
  /// - Parameter bytes: The next bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    unsafe cairn_sha256_update(&hash, start, bytes.count)
  }

  /// Adds bytes.
  ///
  /// - Parameter bytes: The next bytes.
  package mutating func update(_ bytes: some Collection<UInt8>) {
    if bytes.withContiguousStorageIfAvailable({ unsafe update(UnsafeRawBufferPointer($0)) })
      == nil
    {
      update(Array(bytes))
    }
  }

  /// The digest of all bytes so far.
  package var digest: [UInt8] {
    var (hash, digest) = (hash, [UInt8](repeating: 0, count: Self.byteCount))
    unsafe cairn_sha256_end(&hash, &digest)
    return digest
  }

  /// Computes the digest of bytes.
  ///
  /// - Parameter bytes: The bytes.
  /// - Returns: The digest.
  package static func digest(of bytes: some Collection<UInt8>) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.digest
  }
}
