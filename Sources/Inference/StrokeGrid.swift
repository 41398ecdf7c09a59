/// Separation of strokes from specks.
///
/// The image is divided into at most 512 × 512 cells, which bounds time and memory. Adjacent cells
/// with ink (including diagonals) form a connected component. A component with less than 1 % of all
/// ink is a speck.
struct StrokeGrid {
  private static let maximumSide = 512

  private let cellSize: Int
  private let columns: Int
  private let width: Int
  private var isKept: [Bool]

  /// Whether any component is larger than a speck.
  private(set) var hasStrokes = false

  /// - Parameters:
  ///   - amounts: `[height, width]`: 0 where there is no ink.
  ///   - width: The width, in pixels.
  ///   - height: The height, in pixels.
  init(of amounts: [UInt16], width: Int, height: Int) {
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
    var component: [Int] = []
    for start in masses.indices where !isSeen[start] {
      component.removeAll(keepingCapacity: true)
      component.append(start)
      isSeen[start] = true
      var mass = 0
      var next = 0
      while next < component.count {
        let (row, column) = component[next].quotientAndRemainder(dividingBy: columns)
        mass += masses[component[next]]
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
      hasStrokes = true
      for cell in component { isKept[cell] = true }
    }
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
