import Files
package import HDF5

extension Seal {
  /// The result of reading the seal of a file.
  package enum Finding {
    case sealed(Seal)
    case unsealed
    case broken(reason: String)
  }

  /// Finds the seal of an HDF5 file.
  ///
  /// - Parameter source: The file.
  /// - Returns: The result; of the payload, only the file's header is checked.
  /// - Throws: The cause, if the file cannot be read or is not HDF5.
  package static func find(in source: any FileSource) throws(HDF5Error.Cause) -> Finding {
    let footer = try source.bytes(footerSize, at: max(0, source.size - footerSize))
    guard footer.count == footerSize, footer.starts(with: magic) else {
      let rest = source.size - (try Superblock.find(in: source).endOfFile)
      return rest == 0
        ? .unsealed
        : .broken(reason: "the \(rest) bytes after its end are not a seal")
    }
    func number(_ range: Range<Int>) -> UInt64 { UInt64(littleEndianBytes: footer[range]) }
    guard number(8..<12) == UInt64(version) else {
      return .broken(reason: "its seal has the unknown version \(number(8..<12))")
    }
    guard footer[64...].allSatisfy({ $0 == 0 }),
      let pieceSize = Int(exactly: number(12..<16)), pieceSize == Seal.pieceSize,
      let payloadSize = Int(exactly: number(16..<24)), payloadSize < source.size
    else { return .broken(reason: "its seal is damaged") }
    let digestsSize = PieceDigests.size * pieceCount(of: payloadSize, pieceSize: pieceSize)
    guard payloadSize + digestsSize + footerSize == source.size else {
      return .broken(
        reason: "its seal is for \(payloadSize) bytes, which does not match its size")
    }
    let digests = try source.bytes(digestsSize, at: payloadSize)
    guard digest(of: footer[..<32], digests).elementsEqual(footer[32..<64]) else {
      return .broken(reason: "its seal is damaged")
    }
    let step = number(24..<32)
    guard step == .max || step <= Int32.max else { return .broken(reason: "its seal is damaged") }
    let seal = Seal(
      payloadSize: payloadSize, step: step == .max ? nil : Int(step), pieceSize: pieceSize,
      digests: digests)
    guard let superblock = try? Superblock.find(in: source), superblock.userBlockSize == 0,
      superblock.endOfFile == payloadSize
    else { return .broken(reason: "its header has changed since it was sealed") }
    return .sealed(seal)
  }
}
