/// Counts values in bins of equal width, as `numpy.histogram` does.
struct Histogram {
  /// The number of bins.
  static let binCount = 16

  private(set) var counts = [Int](repeating: 0, count: Histogram.binCount)
  private let edges: [Double]
  private let scale: Double

  /// Creates an empty histogram of a range; `nil` if its width is not finite.
  init?(from minimum: Double, through maximum: Double) {
    // If all values are equal, they are in the middle of a range of width 1.
    let low = minimum == maximum ? minimum - 0.5 : minimum
    let high = minimum == maximum ? maximum + 0.5 : maximum
    let width = high - low
    guard width.isFinite, width > 0 else { return nil }
    let step = width / Double(Histogram.binCount)
    edges = (0..<Histogram.binCount).map { low + Double($0) * step } + [high]
    scale = Double(Histogram.binCount) / width
    guard scale.isFinite else { return nil }
  }

  /// Counts the finite values of a block; all of them must be in the range.
  mutating func add(_ block: [Double]) {
    // Many blocks are zeros.
    if let value = block.first, block.allSatisfy({ $0 == value }) {
      add(value, times: block.count)
    } else {
      for value in block { add(value, times: 1) }
    }
  }

  /// Counts a value so many times.
  mutating func add(_ value: Double, times count: Int) {
    guard value.isFinite else { return }
    let last = Histogram.binCount - 1
    var bin = min(max(Int((value - edges[0]) * scale), 0), last)
    // Rounding may have moved the value across an edge.
    if value < edges[bin] {
      bin = max(bin - 1, 0)
    } else if bin < last, value >= edges[bin + 1] {
      bin += 1
    }
    counts[bin] += count
  }
}
