public import Arguments
public import Console
public import Ranks

extension ErrorReport {
  /// Reports an error of a job.
  ///
  /// - Parameter error: The error.
  public init(of error: RankError) {
    let text = "\(error)"
    self.init(
      text.isEmpty ? nil : text, hint: error.hint, status: error.exitStatus, showsUsage: false)
  }
}

extension RankError {
  /// The exit status of a program that ends with this error.
  public var exitStatus: ExitStatus {
    switch self {
    case .unavailable: .unavailable
    case .processCount: .usage
    case .communication: .ioError
    case .failed(let failure): ExitStatus(rawValue: failure.status) ?? .internalError
    }
  }

  /// Advice for the user.
  public var hint: String? {
    switch self {
    case .unavailable:
      "install Open MPI or MPICH on each machine; CAIRN_MPI names a library elsewhere"
    case .processCount: "start 1, 2, 4, 8, … processes"
    case .communication: nil
    case .failed(let failure): failure.hint
    }
  }
}
