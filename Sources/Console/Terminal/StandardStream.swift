import Glibc

/// One of the two standard output streams.
public enum StandardStream: Int32, Sendable {
  /// Standard output, for results.
  case output = 1
  /// Standard error, for messages and progress.
  case error = 2

  /// Whether the stream is connected to a terminal.
  public var isTerminal: Bool { isatty(rawValue) == 1 }

  /// The number of columns that the terminal reports; `nil` without a terminal or a report.
  public var reportedColumns: Int? {
    var size = winsize()
    guard unsafe ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}
