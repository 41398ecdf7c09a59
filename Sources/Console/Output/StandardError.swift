/// Standard error, where everything goes that is not a result.
public enum StandardError {
  /// Writes a text.
  ///
  /// If that fails, there is nobody left to tell, so a failure is ignored.
  ///
  /// - Parameter text: The text, with its line breaks.
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
