import Threads

/// Memory for floats.
@safe
final class FloatBuffer {
  @unsafe let floats: UnsafeMutableBufferPointer<Float>

  /// The number of floats.
  var count: Int { unsafe floats.count }

  /// Allocates memory.
  ///
  /// - Parameter count: The number of floats.
  init(_ count: Int) {
    unsafe floats = .allocate(capacity: count)
    unsafe floats.initialize(repeating: 0)
  }

  deinit { unsafe floats.deallocate() }
}

/// The number of floats in a part of a loop.
private let grain = 1 << 16

/// Adds floats to others.
///
/// - Parameters:
///   - source: The floats to add.
///   - sums: The other floats, which are replaced by the sums.
///   - isFirst: Whether `source` is the first summand; it matters only for the bits of NaN.
func addFloats(
  _ source: UnsafeMutableBufferPointer<Float>, to sums: UnsafeMutableBufferPointer<Float>,
  isFirst: Bool
) {
  guard let from = source.baseAddress, let to = sums.baseAddress else { return }
  let (shared, target) = unsafe (Shared(from), Shared(to))
  parallel(over: 0..<source.count, grain: grain) { start, count in
    let (source, sums) = unsafe (shared + start, target + start)
    if isFirst {
      for index in 0..<count { unsafe sums[index] = source[index] + sums[index] }
    } else {
      for index in 0..<count { unsafe sums[index] = sums[index] + source[index] }
    }
  }
}
