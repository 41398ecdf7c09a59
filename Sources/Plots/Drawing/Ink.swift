/// The colour of a shape, by its purpose: SVG shows other colours on dark screens.
package struct Ink: Equatable, Sendable {
  /// A purpose, with its colours on a light and on a dark background.
  package enum Role: String, CaseIterable, Sendable {
    case paper, text, muted, grid, blue, orange, green, red

    /// The colour on a light background: red, green and blue.
    var light: (UInt8, UInt8, UInt8) { colors.light }

    /// The colour on a dark background.
    var dark: (UInt8, UInt8, UInt8) { colors.dark }

    private var colors: (light: (UInt8, UInt8, UInt8), dark: (UInt8, UInt8, UInt8)) {
      switch self {
      case .paper: ((255, 255, 255), (22, 27, 34))
      case .text: ((31, 35, 40), (230, 237, 243))
      case .muted: ((101, 109, 118), (145, 155, 166))
      case .grid: ((222, 226, 231), (48, 54, 61))
      case .blue: ((31, 111, 197), (88, 166, 255))
      case .orange: ((208, 93, 0), (247, 144, 61))
      case .green: ((26, 127, 55), (63, 185, 80))
      case .red: ((200, 36, 45), (255, 110, 104))
      }
    }
  }

  package var role: Role

  /// The opacity, `0...1`.
  package var opacity = 1.0

  package static let paper = Ink(role: .paper)
  package static let text = Ink(role: .text)
  package static let muted = Ink(role: .muted)
  package static let grid = Ink(role: .grid)
  package static let blue = Ink(role: .blue)
  package static let orange = Ink(role: .orange)
  package static let green = Ink(role: .green)
  package static let red = Ink(role: .red)
}
