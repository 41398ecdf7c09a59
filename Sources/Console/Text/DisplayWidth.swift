import Preconditions

/// Returns the number of columns a text takes on a terminal.
///
/// Control characters count as 0. Text from files must be escaped first, see
/// ``escaped(_:)-(String)``.
///
/// - Parameter text: The text, without styles.
/// - Returns: The number of columns.
public func displayWidth(_ text: String) -> Int {
  text.reduce(0) { $0 + displayWidth($1) }
}

/// Returns the number of columns a character takes: 0, 1 or 2.
///
/// A character of several scalars has the width of its first visible scalar, or 2 if it is a flag
/// or contains the variation selector for emoji.
func displayWidth(_ character: Character) -> Int {
  if let ascii = character.asciiValue { return ascii >= 0x20 && ascii < 0x7F ? 1 : 0 }
  let scalars = character.unicodeScalars
  guard let first = scalars.lazy.map(columns).first(where: { $0 > 0 }) else { return 0 }
  let isFlag = scalars.count == 2 && scalars.allSatisfy { (0x1F1E6...0x1F1FF).contains($0.value) }
  return isFlag || scalars.contains("\u{FE0F}") ? 2 : first
}

/// Returns a text truncated to a number of columns, with an ellipsis if anything was removed.
///
/// - Parameters:
///   - text: The text, without styles.
///   - width: The number of columns, at least 0.
///   - unicode: Whether the ellipsis may be `…`; otherwise it is `...`, or less if it does not fit.
/// - Returns: A text of at most `width` columns.
public func truncated(_ text: String, to width: Int, unicode: Bool = true) -> String {
  require(width >= 0, "`width` must be at least 0, but is \(width).")
  guard displayWidth(text) > width else { return text }
  let mark = unicode ? "…" : "..."
  let available = width - mark.count
  guard available >= 0 else { return String(mark.prefix(width)) }
  var used = 0
  let kept = text.prefix { character in
    used += displayWidth(character)
    return used <= available
  }
  return kept + mark
}

/// Returns a text truncated at its start, for texts such as paths, which differ at their ends.
///
/// - Parameters:
///   - text: The text, without styles.
///   - width: The number of columns, at least 0.
///   - unicode: Whether the ellipsis may be `…`; otherwise it is `...`, or less if it does not fit.
/// - Returns: A text of at most `width` columns.
public func truncatedAtStart(_ text: String, to width: Int, unicode: Bool = true) -> String {
  String(truncated(String(text.reversed()), to: width, unicode: unicode).reversed())
}

/// Returns the number of columns of one scalar.
private func columns(_ scalar: Unicode.Scalar) -> Int {
  switch scalar.value {
  case 0xAD: return 1  // The soft hyphen is a format character that terminals show.
  case 0x1160...0x11FF, 0xD7B0...0xD7FF: return 0  // They are part of the syllable before them.
  default: break
  }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format, .control: return 0
  default: return isWide(scalar) ? 2 : 1
  }
}

/// Returns whether a scalar takes two columns, by binary search.
private func isWide(_ scalar: Unicode.Scalar) -> Bool {
  var low = 0
  var high = wideScalars.count
  while low < high {
    let middle = (low + high) / 2
    if wideScalars[middle].upperBound < scalar.value { low = middle + 1 } else { high = middle }
  }
  return low < wideScalars.count && wideScalars[low].contains(scalar.value)
}
