/// A rectangle of a drawing, in CSS pixels.
struct Frame: Equatable, Sendable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  /// The right edge.
  var maxX: Double { x + width }

  /// The bottom edge.
  var maxY: Double { y + height }

  /// The corners, clockwise on the screen.
  var corners: [Point] { [Point(x, y), Point(maxX, y), Point(maxX, maxY), Point(x, maxY)] }
}
