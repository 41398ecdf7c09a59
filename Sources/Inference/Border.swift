import Preconditions

/// The pixels along the edges of a picture, where paper is expected.
enum Border {
  /// A fiftieth of the shorter side, at least one pixel.
  static func thickness(width: Int, height: Int) -> Int {
    max(1, min(width, height) / 50)
  }

  /// Calls a function with each column of a row that belongs to the border, from left to right.
  static func forEachColumn(
    ofRow row: Int, width: Int, height: Int, _ body: (Int) -> Void
  ) {
    let thickness = thickness(width: width, height: height)
    if row < thickness || row >= height - thickness || width <= 2 * thickness {
      for column in 0..<width { body(column) }
    } else {
      for column in 0..<thickness { body(column) }
      for column in width - thickness..<width { body(column) }
    }
  }
}

extension [UInt16] {
  /// The middle value in sorted order; of two middle values the smaller one.
  var lowerMedian: Int { value(atShare: 1, of: 2) }

  /// The value in sorted order at a share of the way from the first to the last.
  func value(atShare numerator: Int, of denominator: Int) -> Int {
    require(!isEmpty, "A quantile needs at least one value, but there is none.")
    var histogram = [Int](repeating: 0, count: 65536)
    for value in self { histogram[Int(value)] += 1 }
    var left = (count - 1) * numerator / denominator
    for (value, count) in histogram.enumerated() {
      if left < count { return value }
      left -= count
    }
    return Luminance.full
  }
}
