internal import CHDF5

extension Dataset {
  /// Where in the file the elements are.
  ///
  /// The corresponding C functions are `H5Dget_offset` and `H5Dget_chunk_info`.
  ///
  /// - Returns: Ranges of bytes, counted from the start of the file, of each piece that was written; none
  ///   if the elements are in the object's header, in other files, or in more pieces than are told.
  /// - Throws: ``HDF5Error`` if the dataset is damaged.
  public func places() throws(HDF5Error) -> [Range<Int>] {
    library.lock()
    defer { library.unlock() }
    if let fileOffset, storageSize > 0 {
      let (end, overflow) = fileOffset.addingReportingOverflow(storageSize)
      return overflow ? [] : [fileOffset..<end]
    }
    guard case .chunked(let chunk) = layout else { return [] }
    let attempt = object.attempt(.read)
    let id = object.handle.id
    let space = try Handle(H5Dget_space(id), attempt)
    var count: hsize_t = 0
    try attempt.check(H5Dget_num_chunks(id, space.id, &count))
    // libhdf5 counts up to the one that is asked for, each time.
    guard count <= Limits.listedChunks else { return [] }
    var places: [Range<Int>] = []
    for index in 0..<count {
      var offsets = [hsize_t](repeating: 0, count: chunk.count)
      var (mask, address, size): (UInt32, haddr_t, hsize_t) = (0, 0, 0)
      try attempt.check(
        H5Dget_chunk_info(id, space.id, index, &offsets, &mask, &address, &size))
      guard let start = Int(exactly: address), let size = Int(exactly: size),
        case let (end, overflow) = start.addingReportingOverflow(size), !overflow
      else { throw attempt.failure(.damaged("a chunk lies outside of the file")) }
      places.append(start..<end)
    }
    return places
  }
}
