/// Standard error, for messages and progress.
public enum StandardError {
  /// Writes a text.
  ///
  /// An error is ignored, because it could not be reported anywhere.
  ///
  /// - Parameter text: The text, including line breaks.
  public static func write(_ text: String) {
    try? Console.write(text, to: StandardStream.error.rawValue)
  }

  /// Writes a text and a line break.
  ///
  /// - Parameter line: The text.
  public static func writeLine(_ line: String) {
    write(line + "\n")
  }
}
