package import HDF5

/// The result of verifying a complete file against its seal.
package struct SealCheck: Equatable, Sendable {
  /// The state of the seal.
  package let state: SealState

  /// The number of pieces; 0 if the file has no seal or a broken one.
  package let pieceCount: Int

  /// The ranges of complete pieces whose bytes differ from the sealed ones, in order.
  package let damagedRanges: [Range<Int>]

  /// Whether the file has a seal that matches all of its bytes.
  package var isGood: Bool {
    guard case .sealed = state else { return false }
    return damagedRanges.isEmpty
  }

  /// Reads a complete file and verifies it against its seal.
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
