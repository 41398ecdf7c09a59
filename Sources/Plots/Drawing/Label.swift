/// A line of text in a drawing.
package struct Label: Equatable, Sendable {
  /// Which point of the text is at its place.
  package enum Anchor: String, Sendable {
    case start, middle, end
  }

  package var text: String

  /// The place of the anchor on the baseline.
  package var place: Point

  /// The size of the font, in CSS pixels.
  package var size: Double

  package var anchor: Anchor

  package var ink: Ink

  /// Whether the text runs from the bottom to the top.
  package var isVertical: Bool

  /// Creates a line of text.
  package init(
    _ text: String, at place: Point, size: Double = 12, anchor: Anchor = .start, ink: Ink = .text,
    isVertical: Bool = false
  ) {
    (self.text, self.place, self.size) = (text, place, size)
    (self.anchor, self.ink, self.isVertical) = (anchor, ink, isVertical)
  }
}
