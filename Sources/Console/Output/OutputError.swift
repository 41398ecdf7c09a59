import Files
import Glibc

/// An error of writing a program's output.
public enum OutputError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The reader of the pipe has closed it, as `head` does. The program can end without a message.
  case closedPipe
  /// The system call failed, for instance because the disk is full.
  case failed(errno: Int32)

  /// The exit status: success if the reader has closed the pipe, otherwise an I/O error.
  public var exitStatus: ExitStatus {
    switch self {
    case .closedPipe: .success
    case .failed: .ioError
    }
  }

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .closedPipe: "Cannot write to standard output: the reader has closed the pipe"
    case .failed(let code):
      "Cannot write to standard output: \(systemError(code))"
    }
  }

  init(errno code: Int32) {
    self = code == EPIPE ? .closedPipe : .failed(errno: code)
  }
}
