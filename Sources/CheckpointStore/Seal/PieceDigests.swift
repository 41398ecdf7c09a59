import CSHA256
import Files
import Threads

/// The SHA-256 digests of pieces of equal size; the last piece may be shorter.
package enum PieceDigests {
  /// The size of one digest in bytes.
  package static let size = SHA256.byteCount

  /// Computes the digests of pieces.
  ///
  /// - Parameters:
  ///   - bytes: The consecutive pieces.
  ///   - pieceSize: The size of each piece except the last.
  /// - Returns: The consecutive digests.
  package static func of(_ bytes: UnsafeRawBufferPointer, pieceSize: Int) -> [UInt8] {
    let count = (bytes.count + pieceSize - 1) / pieceSize
    return unsafe [UInt8](unsafeUninitializedCapacity: size * count) { digests, filled in
      unsafe compute(bytes, pieceSize: pieceSize, into: digests)
      filled = size * count
    }
  }

  /// Computes the digests of pieces on two threads: the calling thread and a new one.
  ///
  /// This is the slowest step of a save. During training, when all processors are busy, a single
  /// thread would get only half of one.
  package static func ofMany(_ bytes: UnsafeRawBufferPointer, pieceSize: Int) -> [UInt8] {
    let count = (bytes.count + pieceSize - 1) / pieceSize
    let half = count / 2
    return unsafe [UInt8](unsafeUninitializedCapacity: size * count) { digests, filled in
      // The thread accesses memory that outlives it and that no other thread writes.
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

  /// Computes the digests of pieces into memory of sufficient size.
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
      unsafe hash.update(piece)
      _ = unsafe UnsafeMutableBufferPointer(rebasing: digests[(done * size)...])
        .update(fromContentsOf: hash.digest)
      done += 1
    }
  }
}
