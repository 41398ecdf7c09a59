import CSHA256
import Crypto
import Threads

/// The SHA-256 of bytes that are cut into pieces of one size, the last of which may be shorter.
package enum PieceDigests {
  /// The size of one digest in bytes.
  package static let size = 32

  /// Computes the digests of pieces.
  ///
  /// - Parameters:
  ///   - bytes: The pieces, one after the other.
  ///   - pieceSize: The size of each but the last.
  /// - Returns: The digests, one after the other.
  package static func of(_ bytes: UnsafeRawBufferPointer, pieceSize: Int) -> [UInt8] {
    let count = (bytes.count + pieceSize - 1) / pieceSize
    return unsafe [UInt8](unsafeUninitializedCapacity: size * count) { digests, filled in
      unsafe compute(bytes, pieceSize: pieceSize, into: digests)
      filled = size * count
    }
  }

  /// Computes the digests of pieces on two threads: this one and one that the system has to give.
  ///
  /// Of all that happens in a save, this takes the most time; and beside a training, which keeps all
  /// processors busy, one thread would get half of one.
  package static func ofMany(_ bytes: UnsafeRawBufferPointer, pieceSize: Int) -> [UInt8] {
    let count = (bytes.count + pieceSize - 1) / pieceSize
    let half = count / 2
    return unsafe [UInt8](unsafeUninitializedCapacity: size * count) { digests, filled in
      // The thread reads and writes memory that outlives it, and that nobody else writes.
      let first = unsafe Shared(
        (
          bytes: UnsafeRawBufferPointer(rebasing: bytes[..<(half * pieceSize)]),
          digests: UnsafeMutableBufferPointer(rebasing: digests[..<(half * size)])
        ))
      let thread = WorkerThread {
        unsafe compute(first.value.bytes, pieceSize: pieceSize, into: first.value.digests)
      }
      unsafe compute(
        UnsafeRawBufferPointer(rebasing: bytes[(half * pieceSize)...]), pieceSize: pieceSize,
        into: UnsafeMutableBufferPointer(rebasing: digests[(half * size)...]))
      if let thread {
        thread.join()
      } else {
        unsafe compute(first.value.bytes, pieceSize: pieceSize, into: first.value.digests)
      }
      filled = size * count
    }
  }

  /// Computes the digests of pieces into memory that has room for them.
  private static func compute(
    _ bytes: UnsafeRawBufferPointer, pieceSize: Int, into digests: UnsafeMutableBufferPointer<UInt8>
  ) {
    guard let start = bytes.baseAddress, let first = digests.baseAddress else { return }
    let whole = bytes.count / pieceSize
    var done = unsafe cairn_sha256_pieces(start, pieceSize, whole, first)
    while done * pieceSize < bytes.count {
      let piece = unsafe UnsafeRawBufferPointer(
        rebasing: bytes[(done * pieceSize)...].prefix(pieceSize))
      var hash = SHA256()
      unsafe hash.update(bufferPointer: piece)
      _ = unsafe UnsafeMutableBufferPointer(rebasing: digests[(done * size)...])
        .update(fromContentsOf: Array(hash.finalize()))
      done += 1
    }
  }
}
