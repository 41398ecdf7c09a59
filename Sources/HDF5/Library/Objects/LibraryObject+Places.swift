internal import CHDF5

extension LibraryObject {
  /// The byte ranges of the chunks of this dataset; see ``Dataset/places()``.
  func places(rank: Int) throws(HDF5Error) -> [Range<Int>] {
    let attempt = attempt(.read)
    let id = handle.id
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
