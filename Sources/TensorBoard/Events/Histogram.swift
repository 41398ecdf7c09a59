/// The distribution of values over buckets of equal width.
package struct Histogram: Equatable, Sendable {
  /// The left edge, the right edge and the count of each bucket.
  package var buckets: [[Double]]

  /// The number of buckets, as in TensorFlow.
  package static let bucketCount = 30

  /// Counts values, with TensorFlow's edges and counts.
  ///
  /// Source: `_buckets` in tensorboard/plugins/histogram/summary_v2.py.
  ///
  /// - Parameter values: The values; those that are not finite are not counted.
  package init(_ values: [Float]) {
    let count = Self.bucketCount
    var (least, greatest, number) = (Float.infinity, -Float.infinity, 0.0)
    for value in values where value.isFinite {
      least = min(least, value)
      greatest = max(greatest, value)
      number += 1
    }
    let (low, high) = (Double(least), Double(greatest))
    let width = (high - low) / Double(count)
    guard number > 0 else {
      buckets = Array(repeating: [0, 0, 0], count: count)
      return
    }
    guard width > 0 else {
      buckets = (0..<count).map { [high, high, $0 == count - 1 ? number : 0] }
      return
    }
    var counts = [Int](repeating: 0, count: count)
    for value in values where value.isFinite {
      counts[min(Int((Double(value) - low) / width), count - 1)] += 1
    }
    let edges = (0..<count).map { low + width * Double($0) } + [high]
    buckets = (0..<count).map { [edges[$0], edges[$0 + 1], Double(counts[$0])] }
  }

  /// Creates a histogram from its buckets.
  init(buckets: [[Double]]) {
    self.buckets = buckets
  }
}
