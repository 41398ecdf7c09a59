import Crypto

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

  static let digestSize = 32
  static let magic = Array("CAIRSEAL".utf8)
  static let version: UInt32 = 1

  /// The size of the payload in bytes.
  package let payloadSize: Int

  /// The step of the run that the payload is the state of, if it is of a run.
  package let step: Int?

  /// How many bytes a piece has.
  package let pieceSize: Int

  /// The digests of the pieces, one after the other.
  let digests: [UInt8]

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
    var digests: [UInt8] = []
    digests.reserveCapacity(Seal.pieceCount(of: payload.count, pieceSize: Seal.pieceSize) * 32)
    for start in stride(from: 0, to: payload.count, by: Seal.pieceSize) {
      let piece = unsafe payload[start..<min(start + Seal.pieceSize, payload.count)]
      digests.append(contentsOf: unsafe SHA256.hash(bytes: UnsafeRawBufferPointer(rebasing: piece)))
    }
    self.init(
      payloadSize: payload.count, step: step, pieceSize: Seal.pieceSize, digests: digests)
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

  /// Whether bytes are those of a piece.
  func verifies(_ bytes: UnsafeRawBufferPointer, asPiece index: Int) -> Bool {
    let start = index * Seal.digestSize
    return unsafe SHA256.hash(bytes: bytes)
      .elementsEqual(digests[start..<start + Seal.digestSize])
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

extension SHA256 {
  /// The digest of bytes in memory.
  static func hash(bytes: UnsafeRawBufferPointer) -> SHA256.Digest {
    var hash = SHA256()
    unsafe hash.update(bufferPointer: bytes)
    return hash.finalize()
  }
}

extension FixedWidthInteger {
  /// The bytes of the number, the lowest first.
  var littleEndianBytes: [UInt8] {
    (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) }
  }

  /// The number whose bytes these are, the lowest first.
  init(littleEndianBytes bytes: some Collection<UInt8>) {
    self = bytes.reversed().reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
  }
}
