package import Files

extension Seal {
  /// The result of reading the seal of a file.
  package enum Finding {
    case sealed(Seal)
    /// There is no seal at the end: the file never had one, lost it, or was cut short.
    case unsealed
    case broken(reason: String)
  }

  /// Finds the seal of a file.
  ///
  /// - Parameter source: The file.
  /// - Returns: The result; the payload is not read.
  /// - Throws: ``FileError`` if the file cannot be read.
  package static func find(in source: any FileSource) throws(FileError) -> Finding {
    let footer = try source.bytes(footerSize, at: max(0, source.size - footerSize))
    guard footer.count == footerSize, footer.starts(with: magic) else { return .unsealed }
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
    return .sealed(
      Seal(
        payloadSize: payloadSize, step: step == .max ? nil : Int(step), pieceSize: pieceSize,
        digests: digests))
  }
}
