import HDF5

/// The parts that an array of any shape is read in, so that no more than so many elements are in
/// memory at once.
struct Blocks: Sequence, IteratorProtocol {
  private let shape: [Int]
  /// The extents of a part; those at the end of an axis may be smaller.
  private let extents: [Int]
  private var position: [Int]?

  /// Divides an array into parts that follow each other, as far as they can.
  ///
  /// - Parameters:
  ///   - shape: The extents, of which none is 0 and whose product is an `Int`.
  ///   - limit: The most elements in a part.
  ///   - chunk: The extents of the pieces that the array is stored in, if it is. Each is then read once,
  ///     as a part of its own if it has more elements than the limit; it would have to be unpacked
  ///     again for every part that it is in.
  init(of shape: [Int], atMost limit: Int, chunk: [Int]? = nil) {
    let isChunked = chunk?.count == shape.count
    var extents = [Int](repeating: 1, count: shape.count)
    if isChunked, let chunk {
      extents = zip(chunk, shape).map { Swift.max(1, Swift.min($0, $1)) }
    }
    // Whole pieces are put together, along the last axis first.
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

  /// Returns what the next part takes of each axis.
  mutating func next() -> [Slice]? {
    guard var start = position else { return nil }
    let slices = shape.indices.map { axis in
      Slice(start[axis]..<Swift.min(start[axis] + extents[axis], shape[axis]))
    }
    // As an odometer: the last axis moves, and those that overflow move the one before.
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
  /// The index in the dataset of an element of the part that these slices take.
  func index(ofElement offset: Int) -> [Int] {
    var (rest, index) = (offset, [Int]())
    for slice in reversed() {
      index.append(slice.start + rest % slice.count * slice.stride)
      rest /= slice.count
    }
    return index.reversed()
  }
}
