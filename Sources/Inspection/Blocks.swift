import HDF5

/// The parts that an array of any shape is read in, so that no more than so many elements are in
/// memory at once.
struct Blocks: Sequence, IteratorProtocol {
  private let shape: [Int]
  /// The axis that is cut into pieces; those before it are gone through index by index.
  private let axis: Int
  private let step: Int
  private var position: [Int]?

  /// Divides an array.
  ///
  /// - Parameters:
  ///   - shape: The extents, of which none is 0 and whose product is an `Int`.
  ///   - limit: The most elements in a part.
  init(of shape: [Int], atMost limit: Int) {
    var (axis, elements) = (shape.count, 1)
    while axis > 0, elements * shape[axis - 1] <= limit {
      axis -= 1
      elements *= shape[axis]
    }
    self.shape = shape
    self.axis = axis - 1
    step = Swift.max(1, limit / elements)
    position = [Int](repeating: 0, count: Swift.max(axis, 0))
  }

  /// Returns what the next part takes of each axis.
  mutating func next() -> [Slice]? {
    guard var start = position else { return nil }
    let slices = shape.enumerated().map { index, extent in
      if index < axis { return Slice(start: start[index], count: 1) }
      if index > axis { return Slice(0..<extent) }
      return Slice(start[index]..<Swift.min(start[index] + step, extent))
    }
    // As an odometer: the last axis moves, and those that overflow move the one before.
    var moving = axis
    while moving >= 0 {
      start[moving] += moving == axis ? step : 1
      if start[moving] < shape[moving] { break }
      start[moving] = 0
      moving -= 1
    }
    position = moving >= 0 ? start : nil
    return slices
  }
}
