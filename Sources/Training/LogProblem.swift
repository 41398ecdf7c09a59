/// The reason why a log cannot be written.
///
/// See ``TrainingError`` for an example.
public enum LogProblem: Error, Equatable, Sendable {
  /// The file is not empty, but the run has no line yet.
  case notEmpty

  /// The line with this number, from 1, is not the run's line of that epoch.
  case otherLine(Int)

  /// The event with this number, from 1, is not this run's.
  case otherEvent(Int)

  /// The folder contains an event file of another program, with this name.
  case otherEvents(String)

  /// Another run is writing the file.
  case inUse

  /// A system call failed, with the system's message.
  case system(String)
}

extension LogProblem: CustomStringConvertible {
  /// The problem, as a phrase that follows the file name and a colon.
  public var description: String {
    switch self {
    case .notEmpty: "it is not empty, and its content is not from this run"
    case .otherLine(let line): "line \(line) is not this run's line of epoch \(line)"
    case .otherEvent(let event): "event \(event) is not this run's"
    case .otherEvents(let name): "TensorBoard would mix its events with those of '\(name)'"
    case .inUse: "another run is writing it"
    case .system(let reason): reason
    }
  }
}
