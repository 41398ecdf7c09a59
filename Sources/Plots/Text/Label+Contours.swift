extension Label {
  /// The width of the text, in CSS pixels.
  var width: Double { Typeface.regular.width(of: text, size: size) }

  /// The outlines of the text.
  ///
  /// - Parameter scale: The number of pixels for each CSS pixel.
  /// - Returns: The corners of each contour, in pixels.
  func contours(scale: Double) -> [[Point]] {
    let typeface = Typeface.regular
    let unit = size * scale / Typeface.unitsPerEm
    var start =
      switch anchor {
      case .start: 0.0
      case .middle: -width * scale / 2
      case .end: -width * scale
      }
    var contours: [[Point]] = []
    for character in text.unicodeScalars {
      let glyph = typeface.glyph(of: character)
      contours += glyph.contours { point in
        let (along, up) = (start + point.x * unit, point.y * unit)
        let (x, y) = (place.x * scale, place.y * scale)
        return isVertical ? Point(x - up, y - along) : Point(x + along, y - up)
      }
      start += glyph.advance * unit
    }
    return contours
  }
}

extension Glyph {
  /// The outlines with straight sides.
  ///
  /// - Parameter place: Maps a point of the outline to the drawing.
  /// - Returns: The corners of each contour.
  fileprivate func contours(_ place: (Point) -> Point) -> [[Point]] {
    var contours: [[Point]] = []
    var last = Point(0, 0)
    for segment in segments {
      switch segment {
      case .move(let point):
        contours.append([place(point)])
        last = point
      case .line(let point):
        contours[contours.count - 1].append(place(point))
        last = point
      case .curve(let control, let end):
        for part in 1...Self.partsOfCurve {
          let t = Double(part) / Double(Self.partsOfCurve)
          let (a, b, c) = ((1 - t) * (1 - t), 2 * t * (1 - t), t * t)
          contours[contours.count - 1].append(
            place(
              Point(
                a * last.x + b * control.x + c * end.x, a * last.y + b * control.y + c * end.y)))
        }
        last = end
      }
    }
    return contours
  }

  private static let partsOfCurve = 8
}
