/// A reason why a server cannot start.
public enum ServerError: Error, Equatable, Sendable {
  /// Another process listens at this port.
  case portInUse(host: String, port: Int)

  /// The system refuses the address; with the cause.
  case unusable(host: String, port: Int, String)
}

extension ServerError: CustomStringConvertible {
  /// The problem in one sentence.
  public var description: String {
    switch self {
    case .portInUse(let host, let port):
      "Cannot listen at port \(port) of '\(host)': another program does"
    case .unusable(let host, let port, let cause):
      "Cannot listen at port \(port) of '\(host)': \(cause)"
    }
  }
}
