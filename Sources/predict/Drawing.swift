/// Draws grey pixels as text, two characters a pixel, which makes them about square.
///
/// - Parameters:
///   - pixels: Levels from 0, drawn as a blank, to 255, row by row.
///   - width: The number of pixels in a row.
///   - unicode: Whether block characters may be used.
/// - Returns: One line for each row, in a frame.
func draw(_ pixels: [UInt8], width: Int, unicode: Bool) -> String {
  let shades = unicode ? [" ", "░", "▒", "▓", "█"] : [" ", ".", "+", "*", "#"]
  func rule(_ left: String, _ fill: String, _ right: String) -> String {
    left + String(repeating: fill, count: width * 2) + right + "\n"
  }
  let edge = unicode ? "│" : "|"
  let rows = stride(from: 0, to: pixels.count, by: width).map { start in
    let row = pixels[start..<start + width].map { level in
      // Paper stays blank; ink is divided evenly among the other shades.
      let shade = shades[(Int(level) * (shades.count - 1) + 254) / 255]
      return shade + shade
    }
    return edge + row.joined() + edge + "\n"
  }
  return (unicode ? rule("┌", "─", "┐") : rule("+", "-", "+")) + rows.joined()
    + (unicode ? rule("└", "─", "┘") : rule("+", "-", "+"))
}
