/// Separation of strokes from specks.
///
/// The image is divided into at most 512 × 512 cells, which bounds time and memory. Adjacent cells
/// with ink (including diagonals) form a connected component. A component with less than 1 % of all
/// ink is a speck.
struct StrokeGrid {
  private static let maximumSide = 512

  private let cellSize: Int
  private let width: Int
  private let masses: [Int]
  private let components: ConnectedPieces
  /// The cells of the components that are larger than a speck.
  private let kept: Mask
  /// The indices of these components.
  private let strokes: [Int]

  /// - Parameters:
  ///   - amounts: `[height, width]`: 0 where there is no ink.
  ///   - width: The width, in pixels.
  ///   - height: The height, in pixels.
  init(of amounts: [UInt16], width: Int, height: Int) {
    let cellSize = (max(width, height) + Self.maximumSide - 1) / Self.maximumSide
    let columns = (width + cellSize - 1) / cellSize
    let rows = (height + cellSize - 1) / cellSize
    (self.cellSize, self.width) = (cellSize, width)
    var masses = [Int](repeating: 0, count: rows * columns)
    for row in 0..<height {
      for column in 0..<columns {
        let start = row * width + column * cellSize
        let end = min(start + cellSize, (row + 1) * width)
        var mass = 0
        for index in start..<end { mass += Int(amounts[index]) }
        masses[row / cellSize * columns + column] += mass
      }
    }
    let total = masses.reduce(0, +)
    let components = ConnectedPieces(
      of: Mask(width: columns, height: rows, isSet: masses.map { $0 > 0 }), weights: masses)
    strokes = components.pieces.indices.filter { components.pieces[$0].mass * 100 >= total }
    kept = components.mask(of: strokes, width: columns)
    (self.masses, self.components) = (masses, components)
  }

  /// Whether any component is larger than a speck.
  var hasStrokes: Bool { !strokes.isEmpty }

  /// Sets all pixels outside the cells of strokes to 0.
  func clearSpecks(of amounts: inout [UInt16]) {
    for start in stride(from: 0, to: amounts.count, by: width) {
      let cells = start / width / cellSize * kept.width
      for column in 0..<kept.width where !kept.isSet[cells + column] {
        let first = start + column * cellSize
        for index in first..<min(first + cellSize, start + width) { amounts[index] = 0 }
      }
    }
  }
}

/// Whether the strokes are a digit, and nothing else is there.
extension StrokeGrid {
  /// The least share of its box that a sheet fills, and its least side, as a share of the shorter
  /// side of the image.
  private static let sheet = (fill: 0.6, side: 0.3)
  /// The largest share of the image that a digit covers.
  private static let largestShare = 0.6
  /// How often the strokes of a tightly cropped digit cross the edge of the image at most.
  private static let mostCrossings = 5
  /// The largest number of parts of a digit.
  private static let mostParts = 4

  /// Whether the strokes are one digit: the heaviest one has its form, and the others are near it
  /// and away from the edge.
  ///
  /// - Parameter peak: The largest amount of ink.
  /// - Returns: Whether they are.
  func isOneDigit(peak: Int) -> Bool {
    guard strokes.count <= Self.mostParts,
      let main = strokes.max(by: { components.pieces[$0].mass < components.pieces[$1].mass }),
      hasFormOfDigit(main, peak: peak)
    else { return false }
    guard strokes.count > 1 else { return true }
    let (pieces, digit) = (strokes.map { components.pieces[$0] }, components.pieces[main])
    return pieces.digitCount(comparedWith: digit) == 1
      && pieces.allSatisfy { piece in
        !piece.touchesEdge(width: kept.width, height: kept.height, margin: 1)
          && Double(piece.gap(to: digit)) <= DigitPieces.gap * Double(digit.size)
          && !digit.encloses(piece) && !piece.encloses(digit)
      }
  }

  /// Whether the heaviest stroke leaves the image at two edges or more, as a tightly cropped digit
  /// does, and the shadow of something long.
  var crossesImage: Bool {
    guard let main = strokes.map({ components.pieces[$0] }).max(by: { $0.mass < $1.mass }) else {
      return false
    }
    let edges = [
      main.left == 0, main.top == 0, main.right == kept.width, main.bottom == kept.height,
    ]
    return edges.count { $0 } > 1
  }

  /// Whether a component has the form of a digit: it is no sheet, and does not cross the edge of
  /// the image more often than the strokes of a tightly cropped digit.
  private func hasFormOfDigit(_ index: Int, peak: Int) -> Bool {
    let piece = components.pieces[index]
    guard Double(piece.area) <= Self.largestShare * Double(masses.count) else { return false }
    if Double(min(piece.width, piece.height))
      > Self.sheet.side * Double(min(kept.width, kept.height))
    {
      let half = peak * cellSize * cellSize / 2
      let solid = masses.indices.count { components.labels[$0] == index && masses[$0] > half }
      guard Double(solid) <= Self.sheet.fill * Double(piece.width * piece.height) else {
        return false
      }
    }
    return edgeCrossings(of: index) <= Self.mostCrossings
  }

  /// The number of runs of a component along the edge of the grid.
  private func edgeCrossings(of index: Int) -> Int {
    let (rows, columns) = (kept.height, kept.width)
    var cells = Array(0..<columns)
    cells += (1..<rows).map { $0 * columns + columns - 1 }
    if rows > 1, columns > 1 {
      cells += (0..<columns - 1).reversed().map { (rows - 1) * columns + $0 }
      cells += (1..<rows - 1).reversed().map { $0 * columns }
    }
    let isSet = cells.map { components.labels[$0] == index }
    return isSet.indices.count { isSet[$0] && !isSet[$0 == 0 ? isSet.count - 1 : $0 - 1] }
  }
}
