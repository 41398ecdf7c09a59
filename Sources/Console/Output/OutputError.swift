import Files
import Glibc

/// Why a program's output could not be written.
public enum OutputError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Whoever read the pipe has stopped reading, as `head` does: the program can end quietly.
  case closedPipe
  /// The system refused, for instance because the disk is full.
  case failed(errno: Int32)

  /// The status to exit with: success if nobody reads any more, otherwise an I/O error.
  public var exitStatus: ExitStatus {
    switch self {
    case .closedPipe: .success
    case .failed: .ioError
    }
  }

  /// What went wrong, as one sentence.
  public var description: String {
    switch self {
    case .closedPipe: "Cannot write to standard output: nobody reads it any more"
    case .failed(let code):
      "Cannot write to standard output: \(systemError(code))"
    }
  }

  init(errno code: Int32) {
    self = code == EPIPE ? .closedPipe : .failed(errno: code)
  }
}
