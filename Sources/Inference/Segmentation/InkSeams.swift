/// The places where a piece of ink may be cut into digits that touch.
///
/// A cut is a path from the top to the bottom of the piece that crosses as little ink as possible,
/// so that it bends around strokes. For such cuts see R. G. Casey, E. Lecolinet, *A Survey of
/// Methods and Strategies in Character Segmentation*, 1996.
struct InkSeams {
  /// A cut.
  struct Seam {
    /// The first column right of the cut, for each row of the box.
    var columns: [Int]
    /// The number of rows in which the cut runs through ink.
    var crossed: Int
  }

  /// The half-width of the band in which a cut is searched, and the distance of the bands, as
  /// shares of the height of a digit.
  private static let band = (reach: 0.2, step: 0.1)
  /// The largest number of cuts through a piece.
  private static let limit = 24
  /// The least difference of the ink left of two cuts, as a share of all.
  private static let leastDifference = 0.04

  /// The cuts, from left to right.
  private(set) var seams: [Seam] = []

  /// Finds the cuts.
  ///
  /// - Parameters:
  ///   - strokes: The pixels of the piece, in its box.
  ///   - height: The typical height of a digit, in pixels.
  ///   - longest: The most rows of ink that a cut may cross.
  init(of strokes: Mask, height: Int, longest: Int) {
    let (side, width) = (Double(height), strokes.width)
    let total = strokes.count
    let reach = max(2, Int(Self.band.reach * side))
    let step = max(Self.band.step * side, Double(width) / Double(Self.limit))
    let margin = max(1, Int(0.12 * side))
    var found: [(seam: Seam, left: Int)] = []
    var middle = Double(margin)
    while middle <= Double(width - margin) {
      let first = max(1, Int(middle) - reach)
      let last = min(width - 1, Int(middle) + reach)
      middle += step
      guard first <= last else { continue }
      let seam = Self.seam(in: strokes, first...last)
      guard seam.crossed <= longest else { continue }
      let left = Self.ink(leftOf: seam, in: strokes)
      guard min(left, total - left) * 25 > total else { continue }
      found.append((seam, left))
    }
    found.sort { $0.left < $1.left }
    var kept: [(seam: Seam, left: Int)] = []
    for candidate in found {
      if let last = kept.last,
        Double(candidate.left - last.left) < Self.leastDifference * Double(total)
      {
        if candidate.seam.crossed < last.seam.crossed { kept[kept.count - 1] = candidate }
      } else {
        kept.append(candidate)
      }
    }
    seams = kept.map(\.seam)
    // Cuts must not cross each other.
    for index in seams.indices.dropFirst() {
      for row in 0..<strokes.height {
        seams[index].columns[row] = max(seams[index].columns[row], seams[index - 1].columns[row])
      }
    }
  }

  /// The path of least ink within some columns, by dynamic programming.
  private static func seam(in strokes: Mask, _ columns: ClosedRange<Int>) -> Seam {
    let (width, height, count) = (strokes.width, strokes.height, columns.count)
    // Ink costs much more than a bend.
    var costs = [Int](repeating: 0, count: count)
    var steps = [Int8](repeating: 0, count: count * height)
    for row in 0..<height {
      var next = costs
      for place in 0..<count {
        var best = (cost: costs[place], step: 0)
        if row > 0 {
          for step in [-1, 1] where (0..<count).contains(place + step) {
            let cost = costs[place + step] + 1
            if cost < best.cost { best = (cost, step) }
          }
        }
        let column = columns.lowerBound + place
        let isInk = strokes.isSet[row * width + column] || strokes.isSet[row * width + column - 1]
        next[place] = best.cost + (isInk ? 20 : 0)
        steps[row * count + place] = Int8(best.step)
      }
      costs = next
    }
    // Of equal paths, the middle one.
    let least = costs.min() ?? 0
    let ends = costs.indices.filter { costs[$0] == least }
    var place = ends[ends.count / 2]
    var path = [Int](repeating: 0, count: height)
    var crossed = 0
    for row in (0..<height).reversed() {
      let column = columns.lowerBound + place
      path[row] = column
      if strokes.isSet[row * width + column], strokes.isSet[row * width + column - 1] {
        crossed += 1
      }
      place += Int(steps[row * count + place])
    }
    return Seam(columns: path, crossed: crossed)
  }

  private static func ink(leftOf seam: Seam, in strokes: Mask) -> Int {
    var count = 0
    for row in 0..<strokes.height {
      for column in 0..<seam.columns[row] where strokes.isSet[row * strokes.width + column] {
        count += 1
      }
    }
    return count
  }
}
