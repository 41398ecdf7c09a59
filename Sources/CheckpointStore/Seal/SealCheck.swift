public import Files

/// The result of verifying a complete file against its seal.
///
/// See ``Verification`` for an example.
public struct SealCheck: Equatable, Sendable {
  /// The state of the seal.
  public let state: SealState

  /// The number of pieces; 0 if the file has no seal or a broken one.
  public let pieceCount: Int

  /// The ranges of complete pieces whose bytes differ from the sealed ones, in order.
  public let damagedRanges: [Range<Int>]

  /// Whether the file has a seal that matches all of its bytes.
  public var isGood: Bool {
    guard case .sealed = state else { return false }
    return damagedRanges.isEmpty
  }

  /// Reads a complete file and verifies it against its seal.
  ///
  /// - Parameter source: The file.
  /// - Throws: `FileError` if the file cannot be read.
  public init(of source: any FileSource) throws(FileError) {
    try self.init(of: source, Seal.find(in: source))
  }

  /// Verifies a complete file against the seal that was found in it.
  package init(of source: any FileSource, _ finding: Seal.Finding) throws(FileError) {
    switch finding {
    case .sealed(let seal):
      state = .sealed(step: seal.step)
      pieceCount = seal.pieceCount
      damagedRanges = try SealedFile(source, seal).damagedRanges()
    case .unsealed: (state, pieceCount, damagedRanges) = (.unsealed, 0, [])
    case .broken(let reason): (state, pieceCount, damagedRanges) = (.broken(reason: reason), 0, [])
    }
  }
}
