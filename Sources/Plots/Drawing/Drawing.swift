internal import Images

/// A drawing made of shapes, text and pictures, which can be rendered as PNG and as SVG.
///
/// The bytes of both depend on nothing but the drawing: fonts and libraries of the machine have no
/// influence.
///
/// ```swift
/// let drawing = chart.drawing  // 720 × 400 CSS pixels
/// let (png, svg) = try (drawing.png(), drawing.svg())
/// ```
public struct Drawing: Sendable {
  /// The width, in CSS pixels.
  public let width: Double

  /// The height, in CSS pixels.
  public let height: Double

  /// A part of a drawing; later ones cover earlier ones.
  enum Shape: Sendable {
    /// A filled area with straight sides.
    case area([Point], Ink)

    /// A line through points, with round joins and ends.
    case line([Point], width: Double, Ink)

    /// A line of text.
    case text(Label)

    /// A picture that fills a frame.
    case picture(Image, Frame)
  }

  private(set) var shapes: [Shape] = []

  /// Creates an empty drawing.
  ///
  /// - Parameters:
  ///   - width: The width, in CSS pixels.
  ///   - height: The height, in CSS pixels.
  package init(width: Double, height: Double) {
    (self.width, self.height) = (width.rounded(.up), height.rounded(.up))
  }

  mutating func fill(_ points: [Point], _ ink: Ink) {
    shapes.append(.area(points, ink))
  }

  mutating func fill(_ frame: Frame, _ ink: Ink) {
    fill(frame.corners, ink)
  }

  mutating func stroke(_ points: [Point], width: Double, _ ink: Ink) {
    shapes.append(.line(points, width: width, ink))
  }

  /// Adds a line of text.
  package mutating func write(_ label: Label) {
    shapes.append(.text(label))
  }

  mutating func place(_ picture: Image, in frame: Frame) {
    shapes.append(.picture(picture, frame))
  }
}
