package import HDF5
import Synchronization
import Tensors

/// A sealed file that is open for reading: it gives out no byte that is not the one that was sealed.
///
/// Only the pieces that are read are verified: large reads where they land, small ones in a copy of the
/// piece that is kept for the next one.
package final class SealedFile: FileSource {
  /// The seal.
  package let seal: Seal

  /// The size of the payload: whoever reads the file does not see the seal.
  package var size: Int { seal.payloadSize }

  private let source: any FileSource
  private let pieces = Mutex<[Int: [UInt8]]>([:])

  /// How many pieces are kept: 4 MiB of them.
  private static let keptPieces = 256

  /// How many pieces a thread verifies at a time.
  private static let grain = 16

  package init(_ source: any FileSource, _ seal: Seal) {
    self.source = source
    self.seal = seal
  }

  /// Fills a buffer with bytes from `offset` on that have been verified.
  ///
  /// - Throws: ``HDF5Error/Cause/damaged(_:)`` if they are not the bytes that were sealed, or what the
  ///   file throws.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(HDF5Error.Cause) {
    let pieceSize = seal.pieceSize
    var position = offset
    let end = offset + buffer.count
    while position < end {
      let piece = position / pieceSize
      let range = seal.range(ofPiece: piece)
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[(position - offset)...])
      if position == range.lowerBound, end >= range.upperBound {
        let last = end >= size ? seal.pieceCount : end / pieceSize
        let count = seal.range(ofPiece: last - 1).upperBound - position
        let whole = unsafe UnsafeMutableRawBufferPointer(rebasing: rest[..<count])
        try unsafe source.read(into: whole, at: position)
        try unsafe verify(UnsafeRawBufferPointer(whole), pieces: piece..<last)
        position += count
      } else {
        let bytes = try verifiedPiece(piece)
        let part = bytes[(position - range.lowerBound)...].prefix(end - position)
        unsafe rest.copyBytes(from: part)
        position += part.count
      }
    }
  }

  /// Where the bytes are not those that were sealed.
  ///
  /// - Returns: The ranges of bytes, in whole pieces, in order, neighbours as one.
  /// - Throws: The cause, if the file cannot be read.
  package func damagedRanges() throws(HDF5Error.Cause) -> [Range<Int>] {
    var damaged: [Range<Int>] = []
    for first in stride(from: 0, to: seal.pieceCount, by: 4 * SealedFile.grain) {
      let pieces = first..<min(first + 4 * SealedFile.grain, seal.pieceCount)
      let start = seal.range(ofPiece: pieces.lowerBound).lowerBound
      let end = seal.range(ofPiece: pieces.upperBound - 1).upperBound
      let bytes = try source.bytes(end - start, at: start)
      let found = unsafe bytes.withUnsafeBytes { unsafe damagedPieces(of: pieces, in: $0) }
      for range in found.map(seal.range(ofPiece:)) {
        if let last = damaged.last, last.upperBound == range.lowerBound {
          damaged[damaged.count - 1] = last.lowerBound..<range.upperBound
        } else {
          damaged.append(range)
        }
      }
    }
    return damaged
  }

  private func verifiedPiece(_ index: Int) throws(HDF5Error.Cause) -> [UInt8] {
    if let bytes = pieces.withLock({ $0[index] }) { return bytes }
    let range = seal.range(ofPiece: index)
    let bytes = try source.bytes(range.count, at: range.lowerBound)
    try unsafe bytes.span.bytes.withUnsafeBytes { bytes throws(HDF5Error.Cause) in
      try unsafe verify(bytes, pieces: index..<index + 1)
    }
    pieces.withLock { pieces in
      if pieces.count >= SealedFile.keptPieces { pieces.removeAll(keepingCapacity: true) }
      pieces[index] = bytes
    }
    return bytes
  }

  private func verify(
    _ bytes: UnsafeRawBufferPointer, pieces: Range<Int>
  ) throws(HDF5Error.Cause) {
    guard let first = unsafe damagedPieces(of: pieces, in: bytes).first else { return }
    let range = seal.range(ofPiece: first)
    throw .damaged(
      "the bytes from \(range.lowerBound) to \(range.upperBound - 1) are not those that were sealed"
    )
  }

  /// The pieces, of some that follow each other in memory, whose bytes are not those that were sealed.
  private func damagedPieces(
    of pieces: Range<Int>, in bytes: UnsafeRawBufferPointer
  ) -> [Int] {
    let damaged = Mutex<[Int]>([])
    let seal = seal
    let origin = seal.range(ofPiece: pieces.lowerBound).lowerBound
    // The memory is only read, and outlives the call, which ends when all chunks have ended.
    nonisolated(unsafe) let bytes = unsafe bytes
    parallel(over: pieces, grain: SealedFile.grain) { start, count in
      for piece in start..<start + count {
        let range = seal.range(ofPiece: piece)
        let part = unsafe UnsafeRawBufferPointer(
          rebasing: bytes[range.lowerBound - origin..<range.upperBound - origin])
        if unsafe !seal.verifies(part, asPiece: piece) { damaged.withLock { $0.append(piece) } }
      }
    }
    return damaged.withLock { $0.sorted() }
  }
}
