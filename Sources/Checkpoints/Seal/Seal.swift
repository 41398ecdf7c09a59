import Crypto
import Files

/// What follows the bytes of a checkpoint, so that whoever reads them knows that they are those that were
/// written: a SHA-256 for each piece of fixed size, one over them all, and the step of the run.
///
/// Readers of HDF5 ignore what comes after the end that a file's header gives, and cut it off when they
/// open the file for writing. So a file is sealed, or was written or changed by others and has no
/// seal, or is damaged. As each piece has a digest of its own, a reader verifies just what it
/// reads. A digest is no signature: it tells damage from data, not friend from foe.
///
/// After the payload come the digests of its pieces, 32 bytes each, and then these 128 bytes, all
/// numbers little-endian:
///
///     0    "CAIRSEAL"
///     8    the version of this layout, 4 bytes
///     12   the size of a piece, 4 bytes
///     16   the size of the payload, 8 bytes
///     24   the step of the run, 8 bytes; all ones if there is none
///     32   SHA-256 of the 32 bytes before and of all digests of pieces
///     64   zeros
package struct Seal: Equatable, Sendable {
  /// How many bytes a piece has; the last one may have fewer.
  ///
  /// Small enough that reading a little costs little, large enough that the digests are 0.2 % of a file.
  package static let pieceSize = 16 << 10

  /// The size of what follows the digests of the pieces.
  package static let footerSize = 128

  static let magic = Array("CAIRSEAL".utf8)
  static let version: UInt32 = 1

  /// The size of the payload in bytes.
  package let payloadSize: Int

  /// The step of the run that the payload is the state of, if it is of a run.
  package let step: Int?

  /// How many bytes a piece has.
  package let pieceSize: Int

  /// The digests of the pieces, one after the other.
  private(set) var digests: [UInt8]

  init(payloadSize: Int, step: Int?, pieceSize: Int, digests: [UInt8]) {
    self.payloadSize = payloadSize
    self.step = step
    self.pieceSize = pieceSize
    self.digests = digests
  }

  /// Makes the seal of some bytes.
  ///
  /// - Parameters:
  ///   - payload: The bytes.
  ///   - step: The step of the run that they are the state of, if they are of a run.
  package init(of payload: UnsafeRawBufferPointer, step: Int?) {
    self.init(
      payloadSize: payload.count, step: step, pieceSize: Seal.pieceSize,
      digests: unsafe PieceDigests.ofMany(payload, pieceSize: Seal.pieceSize))
  }

  /// Takes into account that some bytes have changed.
  ///
  /// - Parameters:
  ///   - range: Which.
  ///   - payload: All bytes, as they are now.
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

  /// The bytes that follow the payload.
  package var trailer: [UInt8] {
    let head = self.head
    return digests + head + Seal.digest(of: head, digests) + [UInt8](repeating: 0, count: 64)
  }

  /// How many pieces there are.
  package var pieceCount: Int { Seal.pieceCount(of: payloadSize, pieceSize: pieceSize) }

  /// The bytes of the payload that are a piece.
  func range(ofPiece index: Int) -> Range<Int> {
    index * pieceSize..<min((index + 1) * pieceSize, payloadSize)
  }

  /// Where the digests of pieces are among all.
  func digestRange(ofPieces pieces: Range<Int>) -> Range<Int> {
    pieces.lowerBound * PieceDigests.size..<pieces.upperBound * PieceDigests.size
  }

  /// Which pieces are not those that were sealed.
  ///
  /// - Parameters:
  ///   - pieces: The pieces.
  ///   - bytes: Their bytes.
  /// - Returns: The pieces among them that have changed.
  func changed(_ pieces: Range<Int>, in bytes: UnsafeRawBufferPointer) -> [Int] {
    let found = unsafe PieceDigests.of(bytes, pieceSize: pieceSize)
    guard found[...] != digests[digestRange(ofPieces: pieces)] else { return [] }
    return pieces.filter { piece in
      let index = piece - pieces.lowerBound
      return found[index * PieceDigests.size..<(index + 1) * PieceDigests.size]
        != digests[digestRange(ofPieces: piece..<piece + 1)]
    }
  }

  /// The first 32 bytes of what follows the digests.
  private var head: [UInt8] {
    Seal.magic + Seal.version.littleEndianBytes + UInt32(pieceSize).littleEndianBytes
      + UInt64(payloadSize).littleEndianBytes
      + (step.map(UInt64.init) ?? .max).littleEndianBytes
  }

  static func digest(of head: some Collection<UInt8>, _ digests: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: Array(head))
    hash.update(data: digests)
    return Array(hash.finalize())
  }

  static func pieceCount(of payloadSize: Int, pieceSize: Int) -> Int {
    payloadSize / pieceSize + (payloadSize % pieceSize == 0 ? 0 : 1)
  }
}
