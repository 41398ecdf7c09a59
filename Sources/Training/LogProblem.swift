/// Why a log cannot be written.
public enum LogProblem: Error, Equatable, Sendable {
  /// The run has no line yet, and the file is not empty.
  case notEmpty

  /// A line, counted from 1, is not the run's line of that epoch.
  case otherLine(Int)

  /// Another run is writing the file.
  case inUse

  /// The system refused, in its words.
  case system(String)
}

extension LogProblem: CustomStringConvertible {
  /// What is wrong, as the end of a sentence about the file.
  public var description: String {
    switch self {
    case .notEmpty: "it is not empty, and its lines are not from this run"
    case .otherLine(let line): "line \(line) is not this run's line of epoch \(line)"
    case .inUse: "another run is writing it"
    case .system(let reason): reason
    }
  }
}
