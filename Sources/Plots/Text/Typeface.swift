/// The one typeface of rendered text.
package struct Typeface: Sendable {
  /// The units of outlines that are an em.
  static let unitsPerEm = 2048.0

  /// The typeface.
  package static let regular = Typeface(records: glyphOutlines)

  private var glyphs: [UInt32: Glyph] = [:]

  /// The box of characters that the typeface lacks.
  private static let missing = Glyph(
    advance: 1229,
    segments: [
      .move(Point(164, 0)), .line(Point(164, 1456)), .line(Point(1065, 1456)),
      .line(Point(1065, 0)), .line(Point(164, 0)), .move(Point(287, 123)),
      .line(Point(942, 123)), .line(Point(942, 1333)), .line(Point(287, 1333)),
      .line(Point(287, 123)),
    ])

  /// Reads the records of tools/make-glyphs.py.
  private init(records: StaticString) {
    let text = unsafe [UInt8](
      UnsafeBufferPointer(start: records.utf8Start, count: records.utf8CodeUnitCount))
    var composites: [(code: UInt32, parts: [(UInt32, Point)])] = []
    for record in text.split(separator: UInt8(ascii: ";")) {
      var reader = RecordReader(record)
      let code = reader.code()
      var glyph = Glyph(advance: reader.number())
      var parts: [(UInt32, Point)] = []
      while let command = reader.command() {
        switch command {
        case "M": glyph.segments.append(.move(reader.point()))
        case "L": glyph.segments.append(.line(reader.point()))
        case "Q": glyph.segments.append(.curve(control: reader.point(), end: reader.point()))
        default: parts.append((reader.code(), reader.point()))
        }
      }
      glyphs[code] = glyph
      if !parts.isEmpty { composites.append((code, parts)) }
    }
    for (code, parts) in composites {
      let segments = parts.flatMap { part, offset in
        (glyphs[part]?.segments ?? []).map { $0.moved(by: offset) }
      }
      glyphs[code]?.segments = segments
    }
  }

  /// The glyph of a character; a box if there is none.
  func glyph(of character: Unicode.Scalar) -> Glyph { glyphs[character.value] ?? Self.missing }

  /// The width of a text, in CSS pixels.
  package func width(of text: String, size: Double) -> Double {
    text.unicodeScalars.reduce(0) { $0 + glyph(of: $1).advance } * size / Self.unitsPerEm
  }

  /// Shortens a text to a width, with an ellipsis at its end.
  package func fitted(_ text: String, size: Double, width limit: Double) -> String {
    guard width(of: text, size: size) > limit else { return text }
    var kept = text
    while !kept.isEmpty, width(of: kept + "…", size: size) > limit { kept.removeLast() }
    return kept + "…"
  }
}

extension Glyph.Segment {
  fileprivate func moved(by offset: Point) -> Self {
    func moved(_ point: Point) -> Point { Point(point.x + offset.x, point.y + offset.y) }
    return switch self {
    case .move(let point): .move(moved(point))
    case .line(let point): .line(moved(point))
    case .curve(let control, let end): .curve(control: moved(control), end: moved(end))
    }
  }
}

/// Reads the fields of a record.
private struct RecordReader {
  private var rest: ArraySlice<UInt8>

  init(_ record: ArraySlice<UInt8>) {
    rest = record
  }

  mutating func command() -> Character? {
    rest.popFirst().map { Character(Unicode.Scalar($0)) }
  }

  /// A code in four hexadecimal digits.
  mutating func code() -> UInt32 {
    defer { rest.removeFirst(4) }
    return UInt32(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16) ?? 0
  }

  /// A number in two digits to the base of 64, which is 1,024 too large.
  mutating func number() -> Double {
    let digits = rest.prefix(2).map { digit -> Int in
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(digit) - 48
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(digit) - 65 + 10
      case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(digit) - 97 + 36
      default: digit == UInt8(ascii: "+") ? 62 : 63
      }
    }
    rest.removeFirst(2)
    return Double(digits[0] * 64 + digits[1] - 1024)
  }

  mutating func point() -> Point {
    let x = number()
    return Point(x, number())
  }
}
