/// A reason why a server cannot start.
public enum ServerError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Another process listens at this port.
  case portInUse(host: String, port: Int)

  /// The system refuses the address; with the cause.
  case unusable(host: String, port: Int, String)

  /// The problem in one sentence.
  public var description: String {
    let (host, port, cause) =
      switch self {
      case .portInUse(let host, let port): (host, port, "another program does")
      case .unusable(let host, let port, let cause): (host, port, cause)
      }
    return "Cannot listen at port \(port) of '\(host)': \(cause)"
  }
}
