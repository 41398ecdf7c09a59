/// The printed lines of a sheet: rules, grids, frames of cells.
///
/// A line is thin, straight and nearly parallel to a side of the picture. Where a stroke crosses
/// it, the run of ink is longer than the line is thick, so the stroke stays whole.
enum RuledLines {
  /// The largest thickness of a line, as a share of the picture's shorter side.
  private static let thickness = 0.03
  /// The largest slope of a line: six degrees.
  private static let slope = 0.1
  /// The number of slopes to either side that are tried.
  private static let slopeSteps = 20
  /// The least length of a piece that is connected with the edge of a picture that has lines.
  private static let remnantLength = 0.05

  /// What makes thin pixels a line; all are shares of the picture's width.
  struct Evidence {
    /// The least number of thin pixels.
    let pixels: Double
    /// The least number of columns with them.
    let columns: Double
    /// The least length of a piece that touches the edge of the picture.
    let pieceAtEdge: Double
    /// The least length of any other piece.
    let piece: Double

    /// That for a picture of one digit.
    static let digit = Evidence(pixels: 0.3, columns: 0.45, pieceAtEdge: 0.12, piece: 0.45)
  }

  /// Finds the pixels of lines.
  ///
  /// - Parameters:
  ///   - strokes: The pixels with ink.
  ///   - thickest: The largest thickness of a line; `nil` for that in a picture of one digit.
  ///   - across: The evidence for horizontal lines.
  ///   - down: The evidence for vertical lines, with the height in place of the width.
  /// - Returns: Those of lines.
  static func find(
    in strokes: Mask, thickest: Int? = nil, across: Evidence = .digit, down: Evidence = .digit
  ) -> Mask {
    let side = min(strokes.width, strokes.height)
    let thickest = thickest ?? max(2, Int(thickness * Double(side)))
    var lines = horizontal(in: strokes, thickest, across)
    lines.formUnion(horizontal(in: strokes.transposed, thickest, down).transposed)
    guard lines.isSet.contains(true) else { return lines }
    // Remnants of lines connect strokes with the edge. The thickness of the lines is known now, so
    // shorter pieces of it are lines too.
    var rest = strokes
    rest.subtract(lines)
    let pieces = ConnectedPieces(of: rest)
    let margin = max(1, side / 100)
    let atEdge = pieces.pieces.indices.filter {
      pieces.pieces[$0].touchesEdge(width: strokes.width, height: strokes.height, margin: margin)
    }
    let connected = pieces.mask(of: atEdge, width: strokes.width)
    var remnants = Self.remnants(in: connected, of: lines)
    remnants.formUnion(Self.remnants(in: connected.transposed, of: lines.transposed).transposed)
    lines.formUnion(remnants)
    return lines
  }

  private static func horizontal(
    in strokes: Mask, _ thickest: Int, _ evidence: Evidence
  ) -> Mask {
    let (width, height) = (strokes.width, strokes.height)
    let thin = strokes.thinColumns(atMost: thickest)
    var points: [Point] = []
    for row in 0..<height {
      for column in 0..<width where thin.isSet[row * width + column] {
        points.append(Point(x: column, y: row))
      }
    }
    guard 10 * points.count >= width else { return Mask(width: width, height: height) }
    var result = acrossPicture(
      points, width: width, height: height, thickest, evidence)
    let pieces = ConnectedPieces(of: thin)
    var members = [[Point]](repeating: [], count: pieces.pieces.count)
    for point in points { members[Int(pieces.labels[point.y * width + point.x])].append(point) }
    for (index, piece) in pieces.pieces.enumerated() {
      guard Double(piece.width) >= evidence.pieceAtEdge * Double(width),
        10 * (piece.height - thickest) <= piece.width,
        Double(piece.width) >= evidence.piece * Double(width) || piece.left <= 2
          || piece.right >= width - 2
      else { continue }
      let line = Line(through: members[index])
      for column in 0..<width {
        // Farther from the piece, its slope is less certain.
        let outside = Double(max(piece.left - column, column - piece.right, 0))
        let limit = Double(thickest) / 2 + 1 + 0.02 * outside
        let middle = line.y(at: column)
        let first = max(Int((middle - limit).rounded(.up)), 0)
        let last = min(Int((middle + limit).rounded(.down)), height - 1)
        guard first <= last else { continue }
        for row in first...last where thin.isSet[row * width + column] {
          result.isSet[row * width + column] = true
        }
      }
    }
    return result
  }

  /// Finds the points on lines that cover much of the picture's width, by the Hough transform.
  ///
  /// Source: R. Duda, P. Hart, *Use of the Hough Transformation to Detect Lines and Curves in
  /// Pictures*, 1972, with slope and offset as parameters.
  private static func acrossPicture(
    _ points: [Point], width: Int, height: Int, _ thickest: Int, _ evidence: Evidence
  ) -> Mask {
    var result = Mask(width: width, height: height)
    let reach = thickest / 2 + 1
    let leastPixels = evidence.pixels * Double(width)
    let leastColumns = evidence.columns * Double(width)
    for step in -slopeSteps...slopeSteps {
      let slope = Self.slope * Double(step) / Double(slopeSteps)
      let offsets = points.map { point in
        let rise = (slope * (Double(point.x) - Double(width) / 2) + 0.5).rounded(.down)
        return point.y - Int(rise) + width
      }
      // The points of each offset follow each other in `order`, which bounds the time.
      var starts = [Int](repeating: 0, count: height + 2 * width + 1)
      for offset in offsets { starts[offset + 1] += 1 }
      let counts = starts.dropFirst()
      let sums = counts.indices.map { index in
        counts[max(index - 1, 1)...min(index + 1, counts.count)].reduce(0, +)
      }
      for index in 1..<starts.count { starts[index] += starts[index - 1] }
      var next = starts
      var order = [Int](repeating: 0, count: points.count)
      for (index, offset) in offsets.enumerated() {
        order[next[offset]] = index
        next[offset] += 1
      }
      for (offset, sum) in sums.enumerated() where Double(sum) >= leastPixels {
        let around = max(offset - thickest, 0)...min(offset + thickest, sums.count - 1)
        guard sums[around].max() == sum else { continue }
        let near = order[
          starts[max(offset - reach, 0)]..<starts[min(offset + reach + 1, sums.count)]]
        var isCovered = [Bool](repeating: false, count: width)
        for index in near { isCovered[points[index].x] = true }
        guard Double(isCovered.count { $0 }) >= leastColumns else { continue }
        for index in near { result.isSet[points[index].y * width + points[index].x] = true }
      }
    }
    return result
  }

  /// Finds straight horizontal pieces that are as thin as the lines that were found.
  private static func remnants(in strokes: Mask, of lines: Mask) -> Mask {
    let runs = lines.columnRuns.map { UInt16(clamping: $0) }
    guard !runs.isEmpty else { return Mask(width: strokes.width, height: strokes.height) }
    let thickest = runs.value(atShare: 9, of: 10) + 1
    let pieces = ConnectedPieces(of: strokes.thinColumns(atMost: thickest))
    return pieces.mask(
      of: pieces.pieces.indices.filter { index in
        let piece = pieces.pieces[index]
        return Double(piece.width) >= remnantLength * Double(strokes.width)
          && 10 * (piece.height - thickest) <= piece.width
      }, width: strokes.width)
  }

  private struct Point {
    let x: Int
    let y: Int
  }

  /// A line fitted to points by least squares.
  private struct Line {
    private let slope: Double
    private let middle: (x: Double, y: Double)

    init(through points: [Point]) {
      let count = Double(points.count)
      let x = points.reduce(0) { $0 + Double($1.x) } / count
      let y = points.reduce(0) { $0 + Double($1.y) } / count
      var (products, squares) = (0.0, 0.0)
      for point in points {
        products += (Double(point.x) - x) * (Double(point.y) - y)
        squares += (Double(point.x) - x) * (Double(point.x) - x)
      }
      (slope, middle) = (products / max(squares, 1), (x, y))
    }

    func y(at x: Int) -> Double { middle.y + slope * (Double(x) - middle.x) }
  }
}
