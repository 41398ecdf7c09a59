/// The outline of a character.
struct Glyph: Sendable {
  /// A curve of an outline; its starting point is the end of the one before.
  enum Segment: Sendable {
    case move(Point)
    case line(Point)
    /// A quadratic Bézier curve.
    case curve(control: Point, end: Point)
  }

  /// The distance to the next character.
  var advance: Double

  /// The outline, in units of which ``Typeface/unitsPerEm`` are an em; y points upwards.
  var segments: [Segment] = []
}
