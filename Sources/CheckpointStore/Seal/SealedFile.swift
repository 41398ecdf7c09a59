package import Files
import Glibc
import Synchronization
import Threads

/// A sealed file opened for reading, which returns only verified bytes.
///
/// Only the pieces that are read are verified: those of large reads in the destination buffer, on
/// several threads; those of small reads in a cached copy of the piece.
package final class SealedFile: FileSource {
  /// The seal.
  package let seal: Seal

  /// The size of the payload in bytes; readers do not see the seal.
  package var size: Int { seal.payloadSize }

  private let source: any FileSource
  private let pieces = Mutex<[Int: [UInt8]]>([:])

  /// The maximum number of cached pieces: 4 MiB.
  private static let keptPieces = 256

  /// The number of pieces that a thread reads and verifies at a time: 256 KiB, which fit into the
  /// processor cache.
  private static let grain = 16

  /// Opens the sealed file at a path.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``StoreError/file(path:_:)`` if it cannot be opened, or
  ///   ``StoreError/damaged(path:reason:)`` if it has no valid seal.
  package convenience init(opening path: String) throws(StoreError) {
    do throws(FileError) {
      let source = try DiskFile(path)
      switch try Seal.find(in: source) {
      case .sealed(let seal): self.init(source, seal)
      case .unsealed: throw FileError.damaged("it has no seal")
      case .broken(let reason): throw FileError.damaged(reason)
      }
    } catch {
      throw StoreError(path: path, error)
    }
  }

  package init(_ source: any FileSource, _ seal: Seal) {
    self.source = source
    self.seal = seal
  }

  /// Reads the whole payload, and calls `body` with it.
  ///
  /// - Parameters:
  ///   - path: The path of the file, for errors.
  ///   - body: Receives the bytes, which are valid only during the call.
  /// - Returns: The result of `body`.
  /// - Throws: ``StoreError`` if the file cannot be read, is damaged, or does not fit into memory,
  ///   or the error of `body`.
  package func withContents<Result>(
    of path: String, _ body: (UnsafeRawBufferPointer) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    guard let memory = unsafe malloc(max(1, size)) else {
      throw .file(path: path, .unreadable("there is not enough memory"))
    }
    defer { unsafe free(memory) }
    let buffer = unsafe UnsafeMutableRawBufferPointer(start: memory, count: size)
    do throws(FileError) { try unsafe read(into: buffer, at: 0) } catch {
      throw StoreError(path: path, error)
    }
    return try unsafe body(UnsafeRawBufferPointer(buffer))
  }

  /// Fills a buffer with verified bytes from `offset` on.
  ///
  /// - Throws: ``FileError/damaged(_:)`` if the bytes differ from the sealed ones, or the
  ///   error of the file.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(FileError) {
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
        try refuse(try unsafe read(piece..<last, into: whole))
        position += count
      } else {
        let bytes = try verifiedPiece(piece)
        let part = bytes[(position - range.lowerBound)...].prefix(end - position)
        unsafe rest.copyBytes(from: part)
        position += part.count
      }
    }
  }

  /// Finds the ranges whose bytes differ from the sealed ones.
  ///
  /// - Returns: The ranges of bytes in order, in complete pieces; adjacent ranges are merged.
  /// - Throws: The cause, if the file cannot be read.
  package func damagedRanges() throws(FileError) -> [Range<Int>] {
    var damaged: [Range<Int>] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: 4 * SealedFile.grain * seal.pieceSize, alignment: 4096)
    defer { unsafe buffer.deallocate() }
    for first in stride(from: 0, to: seal.pieceCount, by: 4 * SealedFile.grain) {
      let pieces = first..<min(first + 4 * SealedFile.grain, seal.pieceCount)
      let start = seal.range(ofPiece: pieces.lowerBound).lowerBound
      let end = seal.range(ofPiece: pieces.upperBound - 1).upperBound
      let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<(end - start)])
      let found = try unsafe read(pieces, into: part)
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

  private func verifiedPiece(_ index: Int) throws(FileError) -> [UInt8] {
    if let bytes = pieces.withLock({ $0[index] }) { return bytes }
    let range = seal.range(ofPiece: index)
    var bytes = [UInt8](repeating: 0, count: range.count)
    var span = bytes.mutableSpan
    let damaged = try unsafe span.withUnsafeMutableBytes { bytes throws(FileError) in
      try unsafe read(index..<index + 1, into: bytes)
    }
    try refuse(damaged)
    pieces.withLock { pieces in
      if pieces.count >= SealedFile.keptPieces { pieces.removeAll(keepingCapacity: true) }
      pieces[index] = bytes
    }
    return bytes
  }

  /// Throws an error if there are damaged pieces.
  private func refuse(_ damaged: [Int]) throws(FileError) {
    guard let first = damaged.first else { return }
    let range = seal.range(ofPiece: first)
    throw .damaged(
      "the bytes from \(range.lowerBound) to \(range.upperBound - 1) do not match the seal"
    )
  }

  /// Reads complete pieces.
  ///
  /// - Returns: The pieces whose bytes differ from the sealed ones, in order.
  /// - Throws: The cause, if the file cannot be read.
  private func read(
    _ pieces: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> [Int] {
    let outcome = Mutex<Result<[Int], FileError>>(.success([]))
    let origin = seal.range(ofPiece: pieces.lowerBound).lowerBound
    // The memory outlives the call, which returns after all chunks have finished. Each chunk writes
    // its own part.
    let buffer = unsafe Shared(buffer)
    parallel(over: pieces, grain: SealedFile.grain) { [self] first, count in
      let start = seal.range(ofPiece: first).lowerBound
      let end = seal.range(ofPiece: first + count - 1).upperBound
      let part = unsafe UnsafeMutableRawBufferPointer(
        rebasing: buffer.value[start - origin..<end - origin])
      do throws(FileError) {
        try unsafe source.read(into: part, at: start)
        let changed = unsafe seal.changed(
          first..<first + count, in: UnsafeRawBufferPointer(part))
        guard !changed.isEmpty else { return }
        outcome.withLock { $0 = $0.map { $0 + changed } }
      } catch {
        outcome.withLock { $0 = .failure(error) }
      }
    }
    return try outcome.withLock { $0 }.get().sorted()
  }
}
