internal import CHDF5

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
    return try library.withLock(try places(rank: chunk.count))
  }

  private func places(rank: Int) throws(HDF5Error) -> [Range<Int>] {
    let attempt = object.attempt(.read)
    let id = object.handle.id
    let space = try Handle(H5Dget_space(id), attempt)
    var count: hsize_t = 0
    try unsafe attempt.call(H5Dget_num_chunks(id, space.id, &count))
    // libhdf5 counts from the first chunk at each call, so that the time is quadratic.
    guard count <= Limits.listedChunks else { return [] }
    var places: [Range<Int>] = []
    for index in 0..<count {
      var offsets = [hsize_t](repeating: 0, count: rank)
      var (mask, address, size): (UInt32, haddr_t, hsize_t) = (0, 0, 0)
      try unsafe attempt.call(
        H5Dget_chunk_info(id, space.id, index, &offsets, &mask, &address, &size))
      guard let start = Int(exactly: address), let size = Int(exactly: size),
        case let (end, overflow) = start.addingReportingOverflow(size), !overflow
      else { throw attempt.failure(.damaged("a chunk lies outside of the file")) }
      places.append(start..<end)
    }
    return places
  }
}
