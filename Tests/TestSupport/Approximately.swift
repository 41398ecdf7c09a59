/// The largest difference of two lists, relative to the largest element of the expected one.
///
/// - Parameters:
///   - actual: What was computed.
///   - expected: What it should be.
///   - scale: What differences are relative to if all expected elements are smaller, for sums of
///     terms of this size that may cancel.
/// - Returns: The difference; infinite if the lists differ in length or one holds a NaN that the
///   other has not.
public func relativeDifference(
  _ actual: [Float], _ expected: [Float], scale: Float = .leastNormalMagnitude
) -> Float {
  guard actual.count == expected.count else { return .infinity }
  let scale = max(scale, expected.lazy.filter(\.isFinite).map(abs).max() ?? 0)
  var largest: Float = 0
  for (a, b) in zip(actual, expected) where a.bitPattern != b.bitPattern {
    if a.isNaN && b.isNaN { continue }
    guard a.isFinite, b.isFinite else { return .infinity }
    largest = max(largest, abs(a - b))
  }
  return largest == 0 ? 0 : largest / scale
}
