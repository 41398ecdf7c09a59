import Inference

/// Draws the ink of a picture as text, with the boxes of the digits.
///
/// - Parameters:
///   - reading: The reading of the picture.
///   - unicode: Whether block and line characters may be used.
/// - Returns: One line for each two rows of the overview.
func draw(_ reading: NumberReading, unicode: Bool) -> String {
  let shades: [Character] =
    unicode ? [" ", "░", "▒", "▓", "█"] : [" ", ".", "+", "*", "#"]
  let overview = reading.overview
  let (width, height) = (overview.width, (overview.height + 1) / 2)
  var rows = (0..<height).map { row in
    (0..<width).map { column -> Character in
      let below = min(2 * row + 1, overview.height - 1)
      let level = max(
        overview.ink[2 * row * width + column], overview.ink[below * width + column])
      return shades[(Int(level) * (shades.count - 1) + 254) / 255]
    }
  }
  func set(_ row: Int, _ column: Int, _ character: Character) {
    guard rows.indices.contains(row), (0..<width).contains(column) else { return }
    rows[row][column] = character
  }
  let edges: [Character] =
    unicode ? ["┌", "┐", "└", "┘", "─", "│"] : ["+", "+", "+", "+", "-", "|"]
  for digit in reading.lines.joined() {
    let (x, y, side) = (digit.box.x, digit.box.y, overview.blockSide)
    let (left, top) = (x / side - 1, y / side / 2 - 1)
    let right = (x + digit.box.width - 1) / side + 1
    let bottom = (y + digit.box.height - 1) / side / 2 + 1
    for column in left...right {
      set(top, column, edges[4])
      set(bottom, column, edges[4])
    }
    for row in top...bottom {
      set(row, left, edges[5])
      set(row, right, edges[5])
    }
    set(top, left, edges[0])
    set(top, right, edges[1])
    set(bottom, left, edges[2])
    set(bottom, right, edges[3])
  }
  return rows.map { String($0) + "\n" }.joined()
}
