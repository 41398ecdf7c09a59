extension Dataset {
  /// Returns where in the file the elements are stored.
  ///
  /// The corresponding C functions are `H5Dget_offset` and `H5Dget_chunk_info`.
  ///
  /// - Returns: The byte range of each piece that was written, from the start of the file. Empty if
  ///   the elements are stored in the object header, in other files, or in more than 4,096 chunks.
  /// - Throws: ``HDF5Error`` if the dataset is damaged.
  public func places() throws(HDF5Error) -> [Range<Int>] {
    if let fileOffset, storageSize > 0 {
      let (end, overflow) = fileOffset.addingReportingOverflow(storageSize)
      return overflow ? [] : [fileOffset..<end]
    }
    guard case .chunked(let chunk) = layout else { return [] }
    return try object.ask(PlacesQuestion(object: object.number, rank: chunk.count))
  }
}
