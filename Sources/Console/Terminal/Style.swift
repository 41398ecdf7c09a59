/// A text style on a terminal.
public enum Style: CaseIterable, Sendable {
  /// Bold, for headings and emphasis.
  case bold
  /// Dim, for unimportant text.
  case dim
  /// Red, for errors.
  case red
  /// Yellow, for warnings.
  case yellow
  /// Green, for success.
  case green
  /// Cyan, for names.
  case cyan

  /// Returns a text in this style.
  ///
  /// The end code of each style ends only that style, so that styles can be nested.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - enabled: Whether to apply the style.
  /// - Returns: The text, with escape sequences if `enabled`.
  public func applied(to text: String, when enabled: Bool) -> String {
    guard enabled, !text.isEmpty else { return text }
    let (start, end) = codes
    return "\u{1B}[\(start)m\(text)\u{1B}[\(end)m"
  }

  /// The parameters that begin and end the style (ECMA-48, 8.3.117, "select graphic rendition").
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
