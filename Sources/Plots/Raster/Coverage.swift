/// The share of each pixel that a shape covers.
///
/// Each side of the shape adds its signed area to the pixels that it crosses; the sums along a row
/// are the shares. Overlapping parts must have the same orientation.
struct Coverage {
  /// The column and the row of the first pixel.
  let x: Int
  let y: Int
  let width: Int
  let height: Int

  /// The changes from pixel to pixel, with two more columns than the shape has.
  private var changes: [Double]

  /// Computes the coverage of closed contours; `nil` if they enclose nothing.
  ///
  /// - Parameter contours: The corners of each contour, in pixels.
  init?(_ contours: [[Point]]) {
    let points = contours.joined()
    guard let first = points.first else { return nil }
    let bounds = points.reduce(into: (minX: first.x, maxX: first.x, minY: first.y, maxY: first.y)) {
      ($0.minX, $0.maxX) = (min($0.minX, $1.x), max($0.maxX, $1.x))
      ($0.minY, $0.maxY) = (min($0.minY, $1.y), max($0.maxY, $1.y))
    }
    x = Int(bounds.minX.rounded(.down))
    y = Int(bounds.minY.rounded(.down))
    width = Int(bounds.maxX.rounded(.up)) - x
    height = Int(bounds.maxY.rounded(.up)) - y
    guard width > 0, height > 0 else { return nil }
    changes = [Double](repeating: 0, count: (width + 2) * height)
    for contour in contours {
      for (index, point) in contour.enumerated() {
        addSide(from: point, to: contour[index + 1 == contour.count ? 0 : index + 1])
      }
    }
  }

  /// The share of each pixel in a row, counted from ``y``: `0...1`.
  func row(_ row: Int) -> [Double] {
    var sum = 0.0
    let start = row * (width + 2)
    return (0..<width).map { column in
      sum += changes[start + column]
      return min(abs(sum), 1)
    }
  }

  private mutating func addSide(from start: Point, to end: Point) {
    guard start.y != end.y else { return }
    let direction = start.y < end.y ? 1.0 : -1.0
    let (upper, lower) = start.y < end.y ? (start, end) : (end, start)
    let slope = (lower.x - upper.x) / (lower.y - upper.y)
    let (top, bottom) = (upper.y - Double(y), lower.y - Double(y))
    var left = upper.x - Double(x)
    for row in Int(top)..<min(height, Int(bottom.rounded(.up))) {
      let part = min(Double(row + 1), bottom) - max(Double(row), top)
      // Rounding must not lead out of the box.
      let right = min(max(left + slope * part, 0), Double(width))
      add(part * direction, from: min(left, right), to: max(left, right), row: row)
      left = right
    }
  }

  /// Adds the part of a side inside of a row.
  private mutating func add(_ height: Double, from left: Double, to right: Double, row: Int) {
    let start = row * (width + 2)
    let (first, last) = (Int(left), max(Int(left) + 1, Int(right.rounded(.up))))
    guard last > first + 1 else {
      // The side stays within a column, in which half of its width is covered.
      let share = (left + right) / 2 - Double(first)
      changes[start + first] += height * (1 - share)
      changes[start + first + 1] += height * share
      return
    }
    // The area to the right of the side, summed over the columns before the current one.
    var before = 0.0
    for column in first...last {
      let edge = min(Double(column + 1), right)
      let begin = max(Double(column), left)
      let crossed = max(0, edge - begin) / (right - left)
      let passed = max(0, begin - left) / (right - left)
      // The share of the side before this column covers all of it; the share within it, a part.
      let area =
        column == last
        ? 1 : passed + crossed * (Double(column + 1) - (begin + edge) / 2)
      changes[start + column] += height * (area - before)
      before = area
    }
  }
}
