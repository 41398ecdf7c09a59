import Preconditions

/// Adds buffers in a binary tree, while they come one after the other.
///
/// The first two are added, the next two, and so on; then these sums, in the same way. So the
/// result does not depend on how many of a power of two of buffers are added here, and how many in
/// other processes.
struct TreeSum {
  /// The sums of complete parts of the tree, each smaller than the one before it.
  private var parts: [(height: Int, sum: FloatBuffer)] = []
  /// Memory to use again.
  private var free: [FloatBuffer] = []
  private let count: Int

  /// Creates a sum of no buffers.
  ///
  /// - Parameter count: The number of floats of each.
  init(count: Int) { self.count = count }

  /// Adds a buffer.
  ///
  /// - Parameter fill: Writes all floats of the buffer.
  mutating func add(_ fill: (UnsafeMutableBufferPointer<Float>) -> Void) {
    let buffer = free.popLast() ?? FloatBuffer(count)
    unsafe fill(buffer.floats)
    var next = (height: 0, sum: buffer)
    while let last = parts.last, last.height == next.height {
      unsafe addFloats(next.sum.floats, to: last.sum.floats, isFirst: false)
      free.append(next.sum)
      parts.removeLast()
      next = (last.height + 1, last.sum)
    }
    parts.append(next)
  }

  /// Calls a closure with the sum and other memory of the same size, and begins anew.
  ///
  /// - Precondition: The number of buffers is a power of two.
  mutating func take<Result>(
    _ body: (
      _ sum: UnsafeMutableBufferPointer<Float>, _ scratch: UnsafeMutableBufferPointer<Float>
    ) throws(RankError) -> Result
  ) throws(RankError) -> Result {
    require(parts.count == 1, "The number of shards must be a power of two.")
    let scratch = free.last ?? FloatBuffer(count)
    if free.isEmpty { free.append(scratch) }
    defer {
      free.append(parts[0].sum)
      parts = []
    }
    return try unsafe body(parts[0].sum.floats, scratch.floats)
  }
}
