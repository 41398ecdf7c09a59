public import Checkpoints

/// A run that cannot begin, or cannot go on.
public enum TrainingError: Error, Equatable, Sendable {
  /// The checkpoint cannot be read or written.
  case checkpoint(CheckpointError)

  /// What is at the path of the checkpoint is not this run's, and may not be replaced.
  case exists(path: String, Occupant)

  /// There is no run whose settings could be changed.
  case nothingToChange(path: String)

  /// Two files of the run are the same file, or one has a name that the other uses for its own files.
  ///
  /// `isName` tells which of the two it is: whether it is the name.
  case sameFile(FileRole, path: String, FileRole, other: String, isName: Bool)

  /// An output exists, and this run did not write it.
  case occupied(FileRole, by: CheckpointError)

  /// The log holds lines that are not this run's, or another run is writing it.
  case log(path: String, LogProblem)

  /// The run has ended, but could not be saved; `saved` is its newest checkpoint, if there is one.
  case unsaved(CheckpointError, saved: SavedCheckpoint?)

  /// There are checkpoints of the run, but none of them is good.
  case noneGood(path: String, [Recovery.Rejected])

  /// The run in the checkpoint was made with other settings.
  case otherSettings(path: String, [Difference])

  /// The state of the run does not fit the data.
  case otherState(path: String, problem: String)

  /// The loss or a weight became infinite or not a number.
  ///
  /// What was saved before is still at `saved`, if anything was.
  case notFinite(step: Int, saved: String?)

  /// What is at the path that a run was to be saved to.
  public enum Occupant: Equatable, Sendable {
    /// A file that holds no run, or none that can be read.
    case file

    /// A run that is not the one to be resumed.
    case run(epoch: Int, step: Int)

    /// The run that was to be resumed from an earlier step.
    case laterState(step: Int, resumed: Int)
  }

  /// A setting that differs between a checkpoint and what was asked for.
  public struct Difference: Equatable, Sendable {
    /// The setting.
    public let name: String

    /// Its value in the checkpoint.
    public let inFile: String

    /// The value that was asked for.
    public let asked: String
  }
}

extension TrainingError: CustomStringConvertible {
  /// The error in one sentence; settings follow as a table.
  public var description: String {
    switch self {
    case .checkpoint(let error):
      return "\(error)"
    case .exists(let path, .file):
      return "Cannot create '\(path)': the file exists, and is not a checkpoint of this run"
    case .exists(let path, .run(let epoch, let step)):
      return "Cannot create '\(path)': it holds a run, in epoch \(epoch + 1), step \(step)"
    case .exists(let path, .laterState(let step, let resumed)):
      return """
        Cannot create '\(path)': it holds the same run at step \(step), which is later than step \
        \(resumed)
        """
    case .nothingToChange(let path):
      return "Cannot change a run: there is none in '\(path)'"
    case .sameFile(_, let path, _, let other, let isName):
      return isName
        ? "Cannot use both '\(path)' and '\(other)': one has a name that the other's own files get"
        : "Cannot use both '\(path)' and '\(other)': they are the same file"
    case .occupied(_, let error):
      return "\(error)"
    case .log(let path, let problem):
      return "Cannot write the log '\(path)': \(problem)"
    case .unsaved(let error, let saved):
      return "\(error); "
        + (saved.map { "the newest checkpoint is '\($0.path)', step \($0.step)" }
          ?? "no step of the run is saved")
    case .noneGood(let path, let rejected):
      if rejected.count == 1, rejected[0].path == path {
        return "Cannot resume '\(path)': \(rejected[0].reason)"
      }
      return "Cannot resume '\(path)': no checkpoint of the run is good"
        + rejected.map { "\n  - '\($0.path)': \($0.reason)" }.joined()
    case .otherSettings(let path, let differences):
      let rows =
        [("setting", "in the file", "asked for")]
        + differences.map { ($0.name, $0.inFile, $0.asked) }
      let first = rows.map(\.0.count).max() ?? 0
      let second = rows.map(\.1.count).max() ?? 0
      return "Cannot resume '\(path)': it was trained with other settings"
        + rows.map { "\n  \(padded($0.0, first))  \(padded($0.1, second))  \($0.2)" }.joined()
    case .otherState(let path, let problem):
      return "Cannot resume '\(path)': \(problem)"
    case .notFinite(let step, let saved):
      return "The loss or a weight is not a finite number at step \(step), so the run has stopped"
        + (saved.map { "; '\($0)' holds what was last saved" } ?? "")
        + "; try a smaller learning rate"
    }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: width - text.count)
  }
}
