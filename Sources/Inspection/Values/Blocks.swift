import HDF5

/// Divides an array into blocks of bounded size, so that it can be read piece by piece.
struct Blocks: Sequence, IteratorProtocol {
  private let shape: [Int]
  /// The shape of a block; blocks at the end of an axis may be smaller.
  private let extents: [Int]
  private var position: [Int]?

  /// Divides an array into blocks that follow each other in row-major order where chunks allow it.
  ///
  /// - Parameters:
  ///   - shape: The shape of the array; no extent is 0, and the product is an `Int`.
  ///   - limit: The maximum number of elements in a block.
  ///   - chunk: The chunk shape of the dataset, if it is chunked. Blocks then consist of whole
  ///     chunks, so that each chunk is decompressed only once; a chunk of more than `limit`
  ///     elements is a block of its own.
  init(of shape: [Int], atMost limit: Int, chunk: [Int]? = nil) {
    let isChunked = chunk?.count == shape.count
    var extents = [Int](repeating: 1, count: shape.count)
    if isChunked, let chunk {
      extents = zip(chunk, shape).map { Swift.max(1, Swift.min($0, $1)) }
    }
    // Combine whole chunks, along the last axis first.
    var elements = extents.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    for axis in shape.indices.reversed() {
      let rest = elements / extents[axis]
      let room = Swift.max(1, limit / Swift.max(elements, 1))
      extents[axis] =
        room > shape[axis] / extents[axis]
        ? shape[axis] : Swift.min(shape[axis], extents[axis] * room)
      elements = rest * extents[axis]
      if extents[axis] < shape[axis] { break }
    }
    self.shape = shape
    self.extents = extents
    position = [Int](repeating: 0, count: shape.count)
  }

  /// Returns the slices of the next block, one for each axis.
  mutating func next() -> [Slice]? {
    guard var start = position else { return nil }
    let slices = shape.indices.map { axis in
      Slice(start[axis]..<Swift.min(start[axis] + extents[axis], shape[axis]))
    }
    // Count like an odometer: advance the last axis, and carry to the axis before it.
    var moving = shape.count - 1
    while moving >= 0 {
      start[moving] += extents[moving]
      if start[moving] < shape[moving] { break }
      start[moving] = 0
      moving -= 1
    }
    position = moving >= 0 ? start : nil
    return slices
  }
}

extension [Slice] {
  /// Returns the index in the dataset of an element of the block that these slices select.
  func index(ofElement offset: Int) -> [Int] {
    var (rest, index) = (offset, [Int]())
    for slice in reversed() {
      index.append(slice.start + rest % slice.count * slice.stride)
      rest /= slice.count
    }
    return index.reversed()
  }
}
