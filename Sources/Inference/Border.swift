import Preconditions

/// The border of an image, where background is expected.
enum Border {
  /// The border thickness: a fiftieth of the shorter side, at least one pixel.
  static func thickness(width: Int, height: Int) -> Int {
    max(1, min(width, height) / 50)
  }

  /// Calls a function with each column of a row within the border, from left to right.
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
  /// The lower median: the middle value in sorted order, the smaller one of two.
  var lowerMedian: Int { value(atShare: 1, of: 2) }

  /// The quantile at a fraction, in sorted order.
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
