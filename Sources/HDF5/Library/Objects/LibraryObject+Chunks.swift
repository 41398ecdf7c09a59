internal import CHDF5
import Deflate
import Files

extension LibraryObject {
  /// Checks how many bytes the deflated chunks have that a read needs.
  ///
  /// libhdf5 inflates a chunk as far as memory lasts, drops what is too much, and does not notice
  /// what is missing.
  ///
  /// - Parameter slices: The slice of each dimension; `nil` for the whole dataset.
  /// - Throws: ``HDF5Error`` if a chunk has not as many bytes as its shape needs.
  func checkChunks(_ slices: [Slice]?) throws(HDF5Error) {
    let attempt = attempt(.read)
    let storage = try Storage(of: handle.id, attempt)
    guard case .chunked(let shape) = storage.layout, shape.allSatisfy({ $0 > 0 }),
      let filter = storage.filters.firstIndex(where: \.isDeflate)
    else { return }
    let extent = try Extent(ofDataset: handle.id, attempt)
    let slices = slices ?? extent.shape.map { Slice(0..<$0) }
    let type = try Handle(H5Dget_type(handle.id), attempt)
    guard slices.count == shape.count,
      let elements = (shape + [H5Tget_size(type.id)]).checkedProduct,
      !slices.contains(where: { $0.count == 0 })
    else { return }
    let checksum = storage.filters[..<filter].contains(where: \.isFletcher32) ? 4 : 0
    var grid = ChunkGrid(of: slices, in: extent.shape, shape: shape)
    while let chunk = grid.next() {
      guard !checkedChunks.contains(chunk.number) else { continue }
      let bytes = try storedChunk(at: chunk.origin, unlessSkipping: filter)
      try checkSize(of: bytes, is: elements + checksum)
      checkedChunks.insert(chunk.number)
    }
  }

  /// The stored bytes of a chunk; none if it was stored without the filter, or is not found, which
  /// libhdf5 calls an error here: it then has no bytes to inflate either.
  private func storedChunk(
    at origin: [Int], unlessSkipping filter: Int
  ) throws(HDF5Error) -> [UInt8] {
    let attempt = attempt(.read)
    let origin = origin.map { hsize_t($0) }
    var size: hsize_t = 0
    guard unsafe H5Dget_chunk_storage_size(handle.id, origin, &size) >= 0, size > 0 else {
      return []
    }
    guard size <= hsize_t(Limits.chunkBytes) else {
      throw attempt.failure(.damaged("a chunk has \(size) bytes"))
    }
    var mask: UInt32 = 0
    var status: herr_t = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
      status = unsafe H5Dread_chunk(handle.id, 0, origin, &mask, buffer.baseAddress)
      count = status < 0 ? 0 : Int(size)
    }
    return mask >> UInt32(filter) & 1 == 0 ? bytes : []
  }

  /// Inflates bytes as far as the size that they must have, and a byte more.
  private func checkSize(of bytes: [UInt8], is size: Int) throws(HDF5Error) {
    guard !bytes.isEmpty else { return }
    let attempt = attempt(.read)
    let count: Int
    do throws(Inflater.Failure) {
      count = try Self.inflatedCount(of: bytes, upTo: size + 1)
    } catch {
      throw attempt.failure(.damaged("a chunk cannot be inflated: \(error)"))
    }
    guard count == size else {
      let found = count > size ? "more than \(size)" : "\(count)"
      throw attempt.failure(
        .damaged("a chunk has \(found) bytes" + (count > size ? "" : " instead of \(size)")))
    }
  }

  /// The number of bytes that deflated bytes have, or about `limit` if they have more.
  private static func inflatedCount(
    of bytes: [UInt8], upTo limit: Int
  ) throws(Inflater.Failure) -> Int {
    try unsafe bytes.withUnsafeBytes { bytes -> Result<Int, Inflater.Failure> in
      Result { () throws(Inflater.Failure) in
        var inflater = try Inflater(.zlib)
        unsafe inflater.setInput(bytes)
        var part = [UInt8](repeating: 0, count: 64 << 10)
        var count = 0
        while count < limit, !inflater.isFinished {
          let filled = unsafe part.withUnsafeMutableBytes { part in
            Result { () throws(Inflater.Failure) in try unsafe inflater.fill(part) }
          }
          let added = try filled.get()
          guard added > 0 else { break }
          count += added
        }
        return count
      }
    }.get()
  }
}

/// The chunks that a selection touches, one after another.
private struct ChunkGrid {
  private let shape: [Int]
  /// The number of chunks along each dimension.
  private let counts: [Int]
  private let ranges: [ClosedRange<Int>]
  private var place: [Int]?

  init(of slices: [Slice], in dimensions: [Int], shape: [Int]) {
    self.shape = shape
    counts = zip(dimensions, shape).map { ($0 - 1) / $1 + 1 }
    ranges = zip(slices, shape).map { slice, size in
      slice.start / size...(slice.start + (slice.count - 1) * slice.stride) / size
    }
    place = ranges.map(\.lowerBound)
  }

  /// The next chunk: its number, and the indices of its first element.
  mutating func next() -> (number: Int, origin: [Int])? {
    guard let current = place else { return nil }
    place = following(current)
    let number = zip(current, counts).reduce(0) { $0 &* $1.1 &+ $1.0 }
    return (number, zip(current, shape).map { $0 * $1 })
  }

  private func following(_ place: [Int]) -> [Int]? {
    var place = place
    for dimension in place.indices.reversed() {
      if place[dimension] < ranges[dimension].upperBound {
        place[dimension] += 1
        return place
      }
      place[dimension] = ranges[dimension].lowerBound
    }
    return nil
  }
}
