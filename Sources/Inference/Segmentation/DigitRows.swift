/// The rows of digits on a page: which pieces of ink may be digits or parts of them, and in which
/// order they are read.
struct DigitRows {
  /// A row of pieces.
  struct Row {
    /// The indices of the pieces, from left to right by their middles.
    var pieces: [Int]
    /// The typical height of a digit, in pixels.
    var height: Int
  }

  /// The largest number of pieces that are read.
  static let pieceLimit = 4096

  /// The least height of a digit, and the least size of a part of one, as shares of the height of
  /// a typical digit.
  private static let least = (digit: 0.45, part: 0.15)
  /// The largest height of a piece, as a share of the height of a typical digit.
  private static let largestHeight = 3.0
  /// The longest flat piece that may be a part of a digit, such as the bar of a 5.
  private static let longestBar = 1.2
  /// The largest distance of a part from the digits of its row.
  private static let partReach = 0.35

  /// The rows, in reading order.
  let rows: [Row]
  /// The pieces that are neither digits nor parts, but larger than specks.
  let leftOut: [Int]
  /// For each piece, whether it is so small that it may be a point, a sign or a part of a digit.
  let isFragment: [Bool]

  /// Finds the rows.
  ///
  /// - Parameters:
  ///   - pieces: The pieces of ink.
  ///   - width: The width of the picture, in pixels.
  ///   - height: The height of the picture, in pixels.
  /// - Throws: ``PreprocessingError/tooManyPieces(_:limit:)``.
  init(
    of pieces: [ConnectedPieces.Piece], width: Int, height: Int
  ) throws(PreprocessingError) {
    let typical = Self.typicalHeight(of: pieces, width: width, height: height)
    let side = Double(typical)
    var digits: [Int] = []
    var parts: [Int] = []
    var leftOut: [Int] = []
    var isFragment = [Bool](repeating: false, count: pieces.count)
    for (index, piece) in pieces.enumerated() {
      guard piece.area >= 4, Double(piece.size) >= Self.least.part * side else { continue }
      let isDigit = Double(piece.height) >= Self.least.digit * side
      let isFlat = !isDigit && Double(piece.width) > Self.longestBar * side
      let isTooHigh = Double(piece.height) > Self.largestHeight * side
      let atEdge = piece.touchesEdge(width: width, height: height, margin: 1)
      let isNeighbour =
        atEdge
        && (Double(piece.height) < 0.6 * side || Double(piece.height) > 1.8 * side
          || Double(piece.width) > 4 * side)
      if isFlat || isTooHigh || isNeighbour || Self.isFrame(piece, of: pieces, side) {
        leftOut.append(index)
      } else if isDigit {
        digits.append(index)
      } else {
        parts.append(index)
        isFragment[index] = true
      }
    }
    guard digits.count + parts.count <= Self.pieceLimit else {
      throw .tooManyPieces(digits.count + parts.count, limit: Self.pieceLimit)
    }
    var rows = Self.rows(of: digits, pieces, side)
    // A row that the edge cuts, or the corner of a shadow, is none beside others.
    let isCut = rows.map { row in
      row.pieces.allSatisfy { pieces[$0].touchesEdge(width: width, height: height, margin: 1) }
    }
    if isCut.contains(false) {
      for (row, isCut) in zip(rows, isCut) where isCut { leftOut += row.pieces }
      rows = zip(rows, isCut).filter { !$0.1 }.map(\.0)
    }
    for part in parts {
      let nearest = rows.indices.map { row in
        (row, gap: rows[row].pieces.map { pieces[$0].gap(to: pieces[part]) }.min() ?? .max)
      }.min { $0.gap < $1.gap }
      if let nearest, Double(nearest.gap) <= Self.partReach * Double(rows[nearest.0].height) {
        rows[nearest.0].pieces.append(part)
      } else {
        leftOut.append(part)
      }
    }
    for index in rows.indices {
      rows[index].pieces.sort { pieces[$0].middle.x < pieces[$1].middle.x }
    }
    (self.rows, self.leftOut, self.isFragment) = (rows, leftOut, isFragment)
  }

  /// Whether a piece is around others.
  private static func isFrame(
    _ piece: ConnectedPieces.Piece, of pieces: [ConnectedPieces.Piece], _ side: Double
  ) -> Bool {
    Double(piece.size) > 1.3 * side && 10 * piece.area < 3 * piece.width * piece.height
      && pieces.contains { piece.encloses($0) && 3 * $0.height > piece.height }
  }

  /// The height of a typical digit: the median of the heights, weighted by the ink.
  private static func typicalHeight(
    of pieces: [ConnectedPieces.Piece], width: Int, height: Int
  ) -> Int {
    func median(_ pieces: [ConnectedPieces.Piece]) -> Int? {
      let sorted = pieces.sorted { $0.height < $1.height }
      let half = sorted.reduce(0) { $0 + $1.mass } / 2
      var sum = 0
      for piece in sorted {
        sum += piece.mass
        if sum >= half { return piece.height }
      }
      return nil
    }
    let inner = pieces.filter {
      !$0.touchesEdge(width: width, height: height, margin: 1) && $0.width < 4 * $0.height
    }
    let all = pieces.reduce(0) { $0 + $1.mass }
    let mass = inner.reduce(0) { $0 + $1.mass }
    return (10 * mass >= all ? median(inner) : nil) ?? median(pieces) ?? 1
  }

  /// Pieces that are above each other, as those of a broken digit.
  private struct Unit {
    var box: ConnectedPieces.Piece
    var pieces: [Int]
  }

  /// Puts each piece in the row whose last pieces are beside it.
  private static func rows(
    of digits: [Int], _ pieces: [ConnectedPieces.Piece], _ side: Double
  ) -> [Row] {
    var rows: [[Unit]] = []
    let units = units(of: digits, pieces, side)
    for unit in units.sorted(by: { $0.box.middle.x < $1.box.middle.x }) {
      var best: (row: Int, overlap: Double)?
      for (row, members) in rows.enumerated() {
        let overlap = members.suffix(2).map { $0.box.overlapInHeight(with: unit.box) }.max() ?? 0
        if overlap > best?.overlap ?? 0.35 { best = (row, overlap) }
      }
      if let best { rows[best.row].append(unit) } else { rows.append([unit]) }
    }
    let slope = slope(of: rows)
    func position(_ row: [Unit]) -> Double {
      let sum = row.reduce(0) { $0 + $1.box.middle.y - slope * $1.box.middle.x }
      return sum / Double(row.count)
    }
    return rows.map { row in (row, position(row)) }.sorted { $0.1 < $1.1 }.map { row, _ in
      let heights = row.map(\.box.height).sorted()
      return Row(pieces: row.flatMap(\.pieces), height: heights[heights.count / 2])
    }
  }

  /// Joins low pieces that are close above each other.
  private static func units(
    of digits: [Int], _ pieces: [ConnectedPieces.Piece], _ side: Double
  ) -> [Unit] {
    var units: [Unit] = []
    for index in digits {
      let piece = pieces[index]
      let place = units.firstIndex { unit in
        guard Double(max(unit.box.height, piece.height)) < 0.85 * side,
          unit.box.overlapInWidth(with: piece) > 0.5, unit.box.overlapInHeight(with: piece) < 0.3
        else { return false }
        var whole = unit.box
        whole.formUnion(piece)
        return Double(unit.box.gap(to: piece)) < 0.15 * side
          && Double(whole.height) < 1.35 * side
      }
      if let place {
        units[place].box.formUnion(piece)
        units[place].pieces.append(index)
      } else {
        units.append(Unit(box: piece, pieces: [index]))
      }
    }
    return units
  }

  /// The slope of most rows.
  private static func slope(of rows: [[Unit]]) -> Double {
    let slopes = rows.filter { $0.count > 2 }.map { row -> Double in
      let (first, last) = (row[0].box.middle, row[row.count - 1].box.middle)
      return (last.y - first.y) / max(last.x - first.x, 1)
    }.sorted()
    return slopes.isEmpty ? 0 : slopes[slopes.count / 2]
  }
}

extension ConnectedPieces.Piece {
  /// The middle of the box.
  var middle: (x: Double, y: Double) { (Double(left + right) / 2, Double(top + bottom) / 2) }

  /// The overlap of the rows of two boxes, as a share of the lower one; negative for a gap.
  func overlapInHeight(with other: Self) -> Double {
    Double(min(bottom, other.bottom) - max(top, other.top)) / Double(min(height, other.height))
  }

  /// The overlap of the columns of two boxes, as a share of the narrower one; negative for a gap.
  func overlapInWidth(with other: Self) -> Double {
    Double(min(right, other.right) - max(left, other.left)) / Double(min(width, other.width))
  }
}
