/// A way to set off text on a terminal.
public enum Style: CaseIterable, Sendable {
  /// Heavier, for headings and what matters.
  case bold
  /// Fainter, for what can be skipped.
  case dim
  /// For errors.
  case red
  /// For warnings.
  case yellow
  /// For what went well.
  case green
  /// For names.
  case cyan

  /// Returns a text in this style.
  ///
  /// Each style ends only itself, so that styles can be put inside each other.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - enabled: Whether there is colour; without it the text stays as it is.
  /// - Returns: The text to write.
  public func applied(to text: String, when enabled: Bool) -> String {
    guard enabled, !text.isEmpty else { return text }
    let (start, end) = codes
    return "\u{1B}[\(start)m\(text)\u{1B}[\(end)m"
  }

  /// The numbers that begin and end the style (ECMA-48, 8.3.117, "select graphic rendition").
  private var codes: (start: Int, end: Int) {
    switch self {
    case .bold: (1, 22)
    case .dim: (2, 22)
    case .red: (31, 39)
    case .yellow: (33, 39)
    case .green: (32, 39)
    case .cyan: (36, 39)
    }
  }
}
