/// A point of a drawing, in CSS pixels from its top left corner.
package struct Point: Equatable, Sendable {
  package var x: Double
  package var y: Double

  /// Creates a point.
  package init(_ x: Double, _ y: Double) {
    (self.x, self.y) = (x, y)
  }
}
