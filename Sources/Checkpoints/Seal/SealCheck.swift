package import HDF5

/// What is found when a whole file is held against its seal.
package struct SealCheck: Equatable, Sendable {
  /// What the seal says.
  package let state: SealState

  /// How many pieces the seal has digests of; 0 without a seal that can be right.
  package let pieceCount: Int

  /// Where the bytes are not those that were sealed: ranges of whole pieces, in order.
  package let damagedRanges: [Range<Int>]

  /// Whether the file has a seal, and all its bytes are those that were sealed.
  package var isGood: Bool {
    guard case .sealed = state else { return false }
    return damagedRanges.isEmpty
  }

  /// Reads a whole file and compares it with its seal.
  ///
  /// - Parameter source: An HDF5 file.
  /// - Throws: The cause, if the file cannot be read or is not HDF5.
  package init(of source: any FileSource) throws(HDF5Error.Cause) {
    switch try Seal.find(in: source) {
    case .sealed(let seal):
      state = .sealed(step: seal.step)
      pieceCount = seal.pieceCount
      damagedRanges = try SealedFile(source, seal).damagedRanges()
    case .unsealed: (state, pieceCount, damagedRanges) = (.unsealed, 0, [])
    case .broken(let reason): (state, pieceCount, damagedRanges) = (.broken(reason: reason), 0, [])
    }
  }
}
