/// Standard output, where results go.
///
/// Nothing is kept back in a buffer: what was written is written, in the order of the calls.
public enum StandardOutput {
  /// Writes a text.
  ///
  /// - Parameter text: The text, with its line breaks.
  /// - Throws: ``OutputError`` if nobody reads any more, or the system refuses. The first only if
  ///   the program has called ``prepareStandardStreams()``; without it the signal ends the program.
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
