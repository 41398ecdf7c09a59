/// Separation of strokes from specks.
///
/// The image is divided into at most 512 × 512 cells, which bounds time and memory. Adjacent cells
/// with ink (including diagonals) form a connected component. A component with less than 1 % of all
/// ink is a speck.
struct StrokeGrid {
  private static let maximumSide = 512
  /// The least share of its box that a sheet fills, and its least side, as a share of the shorter
  /// side of the image.
  private static let fillOfSheet = 0.6
  private static let sideOfSheet = 0.3

  private let cellSize: Int
  private let columns: Int
  private let width: Int
  private var isKept: [Bool]

  /// The components larger than a speck, in cells.
  private var strokes: [ConnectedPieces.Piece] = []
  /// Whether the heaviest component has the form of a digit: it is no sheet, and does not cross the
  /// edge of the image more often than the strokes of a tightly cropped digit.
  private var hasFormOfDigit = false

  /// - Parameters:
  ///   - amounts: `[height, width]`: 0 where there is no ink.
  ///   - width: The width, in pixels.
  ///   - height: The height, in pixels.
  ///   - peak: The largest amount.
  init(of amounts: [UInt16], width: Int, height: Int, peak: Int) {
    let cellSize = (max(width, height) + Self.maximumSide - 1) / Self.maximumSide
    let columns = (width + cellSize - 1) / cellSize
    let rows = (height + cellSize - 1) / cellSize
    (self.cellSize, self.columns, self.width) = (cellSize, columns, width)
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
    isKept = [Bool](repeating: false, count: masses.count)
    let total = masses.reduce(0, +)

    var isSeen = masses.map { $0 == 0 }
    let most = Double(peak) * Double(cellSize * cellSize)
    var heaviest = 0
    var component: [Int] = []
    for start in masses.indices where !isSeen[start] {
      component.removeAll(keepingCapacity: true)
      component.append(start)
      isSeen[start] = true
      var mass = 0
      var next = 0
      var piece = ConnectedPieces.Piece(left: columns, top: rows, right: 0, bottom: 0)
      while next < component.count {
        let (row, column) = component[next].quotientAndRemainder(dividingBy: columns)
        mass += masses[component[next]]
        (piece.left, piece.right) = (min(piece.left, column), max(piece.right, column + 1))
        (piece.top, piece.bottom) = (min(piece.top, row), max(piece.bottom, row + 1))
        next += 1
        for neighbourRow in max(row - 1, 0)...min(row + 1, rows - 1) {
          for neighbourColumn in max(column - 1, 0)...min(column + 1, columns - 1) {
            let neighbour = neighbourRow * columns + neighbourColumn
            guard !isSeen[neighbour] else { continue }
            isSeen[neighbour] = true
            component.append(neighbour)
          }
        }
      }
      guard mass * 100 >= total else { continue }
      (piece.area, piece.mass) = (component.count, mass)
      strokes.append(piece)
      for cell in component { isKept[cell] = true }
      guard mass > heaviest else { continue }
      heaviest = mass
      let solid = component.count { Double(masses[$0]) > most / 2 }
      let isSheet =
        Double(solid) > Self.fillOfSheet * Double(piece.width * piece.height)
        && Double(min(piece.width, piece.height)) > Self.sideOfSheet * Double(min(rows, columns))
      hasFormOfDigit =
        !isSheet && 10 * component.count <= 6 * rows * columns
        && Self.edgeCrossings(of: component, rows: rows, columns: columns) <= 5
    }
  }

  /// Whether any component is larger than a speck.
  var hasStrokes: Bool { !strokes.isEmpty }

  /// Whether the strokes are one digit: the heaviest one has its form, and the others are near it
  /// and away from the edge.
  var isOneDigit: Bool {
    guard hasFormOfDigit, let main = strokes.max(by: { $0.mass < $1.mass }) else { return false }
    guard strokes.count > 1 else { return true }
    let rows = isKept.count / columns
    return strokes.count <= 4 && strokes.digitCount(comparedWith: main) == 1
      && strokes.allSatisfy { stroke in
        !stroke.touchesEdge(width: columns, height: rows, margin: 1)
          && Double(stroke.gap(to: main)) <= DigitPieces.gap * Double(main.size)
          && !main.encloses(stroke) && !stroke.encloses(main)
      }
  }

  /// The number of runs of a component along the edge of the grid.
  private static func edgeCrossings(of component: [Int], rows: Int, columns: Int) -> Int {
    let cells = Set(component)
    let top = (0..<columns).map { $0 }
    let right = (1..<max(rows, 1)).map { $0 * columns + columns - 1 }
    let bottom = rows > 1 ? (0..<columns - 1).reversed().map { (rows - 1) * columns + $0 } : []
    let left = columns > 1 && rows > 2 ? (1..<rows - 1).reversed().map { $0 * columns } : []
    let isSet = (top + right + bottom + left).map(cells.contains)
    return isSet.indices.count { isSet[$0] && !isSet[$0 == 0 ? isSet.count - 1 : $0 - 1] }
  }

  /// Sets all pixels outside the cells of strokes to 0.
  func clearSpecks(of amounts: inout [UInt16]) {
    for start in stride(from: 0, to: amounts.count, by: width) {
      let cells = start / width / cellSize * columns
      for column in 0..<columns where !isKept[cells + column] {
        let first = start + column * cellSize
        for index in first..<min(first + cellSize, start + width) { amounts[index] = 0 }
      }
    }
  }
}
