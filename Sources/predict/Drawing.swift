/// Draws grey pixels as text, two characters a pixel, which makes them about square.
///
/// Squares of pixels are drawn as their mean if the lines would be too long.
///
/// - Parameters:
///   - pixels: Levels from 0, drawn as a blank, to 255, row by row.
///   - width: The number of pixels in a row.
///   - unicode: Whether block characters may be used.
///   - lineLimit: The largest length of a line; `nil` for any.
/// - Returns: One line for each row, in a frame.
func draw(_ pixels: [UInt8], width: Int, unicode: Bool, lineLimit: Int? = nil) -> String {
  let drawn = max(((lineLimit ?? .max) - 2) / 2, 1)
  let factor = (width - 1) / drawn + 1
  if factor > 1 {
    let (columns, rows) = (width / factor, max(pixels.count / width / factor, 1))
    let means = (0..<rows * columns).map { place -> UInt8 in
      let (top, left) = (place / columns * factor, place % columns * factor)
      let square = (top..<top + factor).flatMap { y in
        pixels.dropFirst(y * width + left).prefix(factor)
      }
      return UInt8(square.reduce(0) { $0 + Int($1) } / max(square.count, 1))
    }
    return draw(means, width: columns, unicode: unicode)
  }
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
