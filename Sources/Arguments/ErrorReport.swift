import Checkpoints
public import Console
public import ModelFiles

/// The report of an error to the user, with the exit status of the program.
public struct ErrorReport: Equatable, Sendable {
  /// One sentence without a full stop, optionally followed by the lines of a list; `nil` if the
  /// program ends silently.
  public var message: String?

  /// Advice for the user.
  public var hint: String?

  /// The exit status of the program.
  public var status: ExitStatus

  /// Whether the usage of the program follows.
  public var showsUsage: Bool

  /// Creates a report.
  ///
  /// - Parameters:
  ///   - message: One sentence without a full stop, optionally followed by the lines of a list;
  ///     `nil` if the program ends silently.
  ///   - hint: Advice for the user.
  ///   - status: The exit status of the program.
  ///   - showsUsage: Whether the usage of the program follows; by default if the status is
  ///     `usage`.
  public init(
    _ message: String?, hint: String? = nil, status: ExitStatus, showsUsage: Bool? = nil
  ) {
    self.message = message
    self.hint = hint
    self.status = status
    self.showsUsage = showsUsage ?? (status == .usage)
  }

  /// Reports an error that all programs have in common.
  ///
  /// This is the table of shared errors; the `report(of:)` of each program is the table of its
  /// own errors.
  ///
  /// - Parameter error: An error; one that is not in the table is an internal error.
  public init(of error: any Error) {
    switch error {
    case let error as CheckpointError: self.init(error.sentence, status: error.exitStatus)
    case let error as InputPath.Failure: self.init("\(error)", status: .badData)
    case OutputError.closedPipe: self.init(nil, status: OutputError.closedPipe.exitStatus)
    case let error as OutputError: self.init("\(error)", status: error.exitStatus)
    default: self.init("\(error)", status: .internalError)
    }
  }
}

extension CheckpointError {
  /// The exit status of a program that ends with this error.
  public var exitStatus: ExitStatus {
    switch kind {
    case .noInput: .noInput
    case .badData: .badData
    case .cannotCreate: .cannotCreate
    case .inputOutput: .ioError
    case .inUse: .busy
    }
  }

  /// The error in one sentence, with the command that shows more about a damaged file.
  public var sentence: String {
    guard case .damaged = self else { return "\(self)" }
    return "\(self); '\(command(of: "inspect")) --verify' lists what is intact"
  }
}
