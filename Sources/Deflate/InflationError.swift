package import Sandbox

/// The reason why compressed data of a file cannot be decompressed.
package enum InflationError: Error, Equatable, Sendable {
  /// The data is damaged; with zlib's reason.
  case damaged(String)
  /// The data ends too early.
  case truncated
  /// Something else follows the compressed data.
  case excess
  /// The file cannot be read; with a reason.
  case unreadable(String)
  /// zlib or the sandboxed process cannot start; with a reason.
  case notStarted(String)
}

extension InflationError {
  /// The error of a sandboxed process.
  init(_ error: SandboxError) {
    self = if case .notStarted = error { .notStarted("\(error)") } else { .damaged("\(error)") }
  }
}

extension InflationError: Transferable {
  /// Appends the error to a message.
  package func write(to message: inout MessageWriter) {
    let (number, reason) =
      switch self {
      case .damaged(let reason): (0, reason)
      case .truncated: (1, "")
      case .excess: (2, "")
      case .unreadable(let reason): (3, reason)
      case .notStarted(let reason): (4, reason)
      }
    message.write(number)
    message.write(reason)
  }

  /// Reads an error from a message.
  package init(from message: inout MessageReader) throws(SandboxError) {
    let number = try message.readInt()
    let reason = try message.readString()
    switch number {
    case 0: self = .damaged(reason)
    case 1: self = .truncated
    case 2: self = .excess
    case 3: self = .unreadable(reason)
    case 4: self = .notStarted(reason)
    default: throw .malformed
    }
  }
}
