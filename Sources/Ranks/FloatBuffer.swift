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

/// Adds floats.
///
/// - Parameters:
///   - first: The first summands; which ones they are matters only for the bits of NaN.
///   - second: The others, as many.
///   - sums: The place of the sums, which may be that of the summands.
func addFloats(
  _ first: UnsafeMutableBufferPointer<Float>, _ second: UnsafeMutableBufferPointer<Float>,
  into sums: UnsafeMutableBufferPointer<Float>
) {
  guard let first = first.baseAddress, let other = second.baseAddress, let to = sums.baseAddress
  else { return }
  let (a, b, target) = unsafe (Shared(first), Shared(other), Shared(to))
  parallel(over: 0..<second.count, grain: grain) { start, count in
    let (a, b, sums) = unsafe (a + start, b + start, target + start)
    for index in 0..<count { unsafe sums[index] = a[index] + b[index] }
  }
}
