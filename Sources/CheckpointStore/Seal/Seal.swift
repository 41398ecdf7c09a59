import Files

/// The trailer of a checkpoint, by which readers verify its bytes.
///
/// It contains a SHA-256 for each piece of fixed size, one over all of them, and the step of the
/// run.
///
/// HDF5 libraries ignore bytes after the end of file given in the header, and truncate them when
/// they open the file for writing. So a file is either sealed, or unsealed because another program
/// wrote or changed it, or damaged. Because each piece has its own digest, a reader verifies only
/// the pieces that it reads. A digest is not a signature: it detects damage, not forgery.
///
/// The payload is followed by the digests of its pieces, 32 bytes each, and these 128 bytes, with
/// little-endian numbers:
///
/// ```text
/// 0    "CAIRSEAL"
/// 8    the version of this layout, 4 bytes
/// 12   the size of a piece, 4 bytes
/// 16   the size of the payload, 8 bytes
/// 24   the step of the run, 8 bytes; all ones if there is none
/// 32   SHA-256 of the 32 bytes before and of all digests of pieces
/// 64   zeros
/// ```
package struct Seal: Equatable, Sendable {
  /// The size of a piece in bytes; the last piece may be shorter.
  ///
  /// It is small enough for cheap small reads, and large enough that the digests are only 0.2 % of
  /// a file.
  package static let pieceSize = 16 << 10

  /// The size of the footer after the digests of the pieces, in bytes.
  package static let footerSize = 128

  static let magic = Array("CAIRSEAL".utf8)
  static let version: UInt32 = 1

  /// The size of the payload in bytes.
  package let payloadSize: Int

  /// The global step of the run, if the payload is the checkpoint of a run.
  package let step: Int?

  /// The size of a piece in bytes.
  package let pieceSize: Int

  /// The consecutive digests of the pieces.
  package private(set) var digests: [UInt8]

  init(payloadSize: Int, step: Int?, pieceSize: Int, digests: [UInt8]) {
    self.payloadSize = payloadSize
    self.step = step
    self.pieceSize = pieceSize
    self.digests = digests
  }

  /// Computes the seal of a payload.
  ///
  /// - Parameters:
  ///   - payload: The bytes.
  ///   - step: The global step of the run, if the payload is the checkpoint of a run.
  package init(of payload: UnsafeRawBufferPointer, step: Int?) {
    self.init(
      payloadSize: payload.count, step: step, pieceSize: Seal.pieceSize,
      digests: unsafe PieceDigests.ofMany(payload, pieceSize: Seal.pieceSize))
  }

  /// Updates the seal after a change of some bytes.
  ///
  /// - Parameters:
  ///   - range: The range of the changed bytes.
  ///   - payload: The complete payload after the change.
  package mutating func update(_ range: Range<Int>, of payload: UnsafeRawBufferPointer) {
    guard !range.isEmpty else { return }
    let pieces = range.lowerBound / pieceSize...(range.upperBound - 1) / pieceSize
    for piece in pieces {
      let bytes = unsafe UnsafeRawBufferPointer(rebasing: payload[self.range(ofPiece: piece)])
      digests.replaceSubrange(
        digestRange(ofPieces: piece..<piece + 1),
        with: unsafe PieceDigests.of(bytes, pieceSize: pieceSize))
    }
  }

  /// The bytes after the payload: the digests and the footer.
  package var trailer: [UInt8] {
    let head = self.head
    return digests + head + Seal.digest(of: head, digests) + [UInt8](repeating: 0, count: 64)
  }

  /// The number of pieces.
  package var pieceCount: Int { Seal.pieceCount(of: payloadSize, pieceSize: pieceSize) }

  /// The range of a piece in the payload.
  func range(ofPiece index: Int) -> Range<Int> {
    index * pieceSize..<min((index + 1) * pieceSize, payloadSize)
  }

  /// The range of the digests of pieces in ``digests``.
  package func digestRange(ofPieces pieces: Range<Int>) -> Range<Int> {
    pieces.lowerBound * PieceDigests.size..<pieces.upperBound * PieceDigests.size
  }

  /// Finds the pieces that do not match the seal.
  ///
  /// - Parameters:
  ///   - pieces: The pieces.
  ///   - bytes: Their bytes.
  /// - Returns: The pieces that do not match.
  func changed(_ pieces: Range<Int>, in bytes: UnsafeRawBufferPointer) -> [Int] {
    let found = unsafe PieceDigests.of(bytes, pieceSize: pieceSize)
    guard found[...] != digests[digestRange(ofPieces: pieces)] else { return [] }
    return pieces.filter { piece in
      let index = piece - pieces.lowerBound
      return found[index * PieceDigests.size..<(index + 1) * PieceDigests.size]
        != digests[digestRange(ofPieces: piece..<piece + 1)]
    }
  }

  /// The first 32 bytes of the footer.
  private var head: [UInt8] {
    Seal.magic + Seal.version.littleEndianBytes + UInt32(pieceSize).littleEndianBytes
      + UInt64(payloadSize).littleEndianBytes
      + (step.map(UInt64.init) ?? .max).littleEndianBytes
  }

  static func digest(of head: some Collection<UInt8>, _ digests: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(head)
    hash.update(digests)
    return hash.digest
  }

  static func pieceCount(of payloadSize: Int, pieceSize: Int) -> Int {
    payloadSize / pieceSize + (payloadSize % pieceSize == 0 ? 0 : 1)
  }
}
