/// Standard output, for results.
///
/// Output is not buffered.
public enum StandardOutput {
  /// Writes a text.
  ///
  /// - Parameter text: The text, including line breaks.
  /// - Throws: ``OutputError`` if the reader has closed the pipe, or the system call fails. Unless
  ///   the program has called ``prepareStandardStreams()``, a closed pipe ends it with SIGPIPE.
  public static func write(_ text: String) throws(OutputError) {
    try Console.write(text, to: StandardStream.output.rawValue)
  }

  /// Writes a text and a line break.
  ///
  /// - Parameter line: The text.
  /// - Throws: ``OutputError``, as ``write(_:)`` does.
  public static func writeLine(_ line: String) throws(OutputError) {
    try write(line + "\n")
  }
}
