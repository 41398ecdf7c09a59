public import CheckpointStore
public import Checkpoints
public import Datasets
import Files
public import ModelFiles
public import Ranks

/// An error that prevents a run from starting or continuing.
///
/// ```swift
/// do {
///   _ = try Trainer(options: options, data: data).run()
/// } catch let error as TrainingError {
///   switch error {
///   case .otherSettings(let path, let differences):
///     for difference in differences {
///       print("\(path): \(difference.name) is \(difference.inFile), not \(difference.asked)")
///     }  // …/ckpt.h5: seed is 0, not 99
///   case .otherState(let path, let problem): print("\(path): \(problem)")
///   case .log(let path, let problem): print("the log \(path): \(problem)")
///   case .unsaved(let error, let saved): print("\(error); \(saved?.path ?? "nothing") is left")
///   default: print(error)
///   }
/// }
/// ```
public enum TrainingError: Error, Equatable, Sendable {
  /// The checkpoint cannot be read or written.
  case checkpoint(CheckpointError)

  /// The file at the checkpoint path belongs to another run or program, and must not be
  /// overwritten.
  case exists(path: String, Occupant)

  /// Changes were requested, but there is no run to resume.
  case nothingToChange(path: String)

  /// Two files of the run are the same file, or one has a name that the other uses for its own
  /// files.
  ///
  /// `isName` is `true` for the conflict of names.
  case sameFile(FileRole, path: String, FileRole, other: String, isName: Bool)

  /// An output file of another run or program exists.
  case occupied(FileRole, path: String, file: String, Checkpoints.Occupant)

  /// The log contains lines of another run, or another run is writing it.
  case log(path: String, LogProblem)

  /// The sheet of training pictures cannot be written.
  case preview(path: String, LogProblem)

  /// A plot at the path is not of this run, or another run is writing plots there.
  case plot(path: String, LogProblem)

  /// The run ended, but could not be saved; `saved` is its newest checkpoint, if any.
  case unsaved(CheckpointError, saved: SavedCheckpoint?)

  /// The run has checkpoints, but none is valid.
  case noneGood(path: String, [Recovery.Rejected])

  /// The run in the checkpoint has different settings.
  case otherSettings(path: String, [Difference])

  /// The run in the checkpoint has learned from other data.
  case otherData(path: String, DataDigest.Difference)

  /// The data cannot be read any more.
  case data(DatasetError)

  /// The state of the run is invalid, or does not match the data.
  case otherState(path: String, StateProblem)

  /// The model cannot be trained on the data.
  case model(UntrainableModel)

  /// The recipe does not fit the data.
  case recipe(RecipeProblem)

  /// A signal stopped the run, which was saved before.
  case stopped(signal: Int32, step: Int, path: String)

  /// The processes of the job cannot go on together.
  case ranks(RankError)

  /// A process of the job differs from the first one in something that must be the same.
  ///
  /// - Parameters:
  ///   - rank: The process.
  ///   - host: Its machine.
  ///   - difference: What differs, as a clause.
  case otherRank(rank: Int, host: String, difference: String)

  /// The loss or a weight became NaN or infinite.
  ///
  /// `saved` is the path of the last saved checkpoint, if any.
  case notFinite(step: Int, saved: String?)

  /// The kind of file at the path of the checkpoint.
  public enum Occupant: Equatable, Sendable {
    /// A file without a readable training run.
    case file

    /// A run other than the one to resume.
    case run(epoch: Int, step: Int)

    /// The run to resume, at a later step than the file to resume from.
    case laterState(step: Int, resumed: Int)
  }

  /// A setting that differs between the checkpoint and the options.
  public struct Difference: Equatable, Sendable {
    /// The name of the setting.
    public let name: String

    /// Its value in the checkpoint.
    public let inFile: String

    /// The requested value.
    public let asked: String
  }
}

extension TrainingError {
  /// The error for two files of a run that conflict.
  init(_ conflict: FilePlan<FileRole>.Conflict) {
    self = .sameFile(
      conflict.first.role, path: conflict.first.path, conflict.second.role,
      other: conflict.second.path, isName: !conflict.isSameFile)
  }
}

extension TrainingError: CustomStringConvertible {
  /// The error in one sentence, followed by a table of different settings.
  public var description: String { description(ofRejection: { "\($0)" }) }

  /// Describes the error, with other words for the reasons why files were rejected.
  ///
  /// - Parameter reason: Describes a reason, as a phrase that follows the file name and a colon.
  /// - Returns: One sentence, followed by a list of files or settings if there are several.
  public func description(ofRejection reason: (Recovery.Rejection) -> String) -> String {
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
      return "Cannot change settings: '\(path)' contains no run to resume"
    case .sameFile(_, let path, _, let other, let isName):
      return "Cannot use both '\(path)' and '\(other)': "
        + (isName
          ? "the name of one is reserved for the other's files" : "they are the same file")
    case .occupied(_, let path, let file, let occupant):
      return occupant.refusal(of: path, occupiedBy: file)
    case .log(let path, let problem):
      return "Cannot write the log '\(path)': \(problem)"
    case .preview(let path, let problem):
      return "Cannot write the sheet '\(path)': \(problem)"
    case .plot(let path, let problem):
      return "Cannot write the plot '\(path)': \(problem)"
    case .unsaved(let error, let saved):
      return "\(error); "
        + (saved.map { "the newest checkpoint is '\($0.path)', step \($0.step)" }
          ?? "no step of the run is saved")
    case .noneGood(let path, let rejected):
      if rejected.count == 1, rejected[0].path == path {
        return "Cannot resume '\(path)': \(reason(rejected[0].reason))"
      }
      return "Cannot resume '\(path)': no checkpoint of the run is valid"
        + rejected.map { "\n  - " + "'\($0.path)': \(reason($0.reason))".onOneLine }.joined()
    case .otherSettings(let path, let differences):
      let rows =
        [("setting", "in the file", "requested")]
        + differences.map { ($0.name.onOneLine, $0.inFile.onOneLine, $0.asked.onOneLine) }
      let first = rows.map(\.0.count).max() ?? 0
      let second = rows.map(\.1.count).max() ?? 0
      return "Cannot resume '\(path)': its settings differ from the requested ones"
        + rows.map { "\n  \(padded($0.0, first))  \(padded($0.1, second))  \($0.2)" }.joined()
    case .otherData(let path, let difference):
      return "Cannot resume '\(path)': its data is not that of this run: \(difference)"
    case .data(let error):
      return "\(error)"
    case .otherState(let path, let problem):
      return "Cannot resume '\(path)': \(problem)"
    case .model(let problem):
      return "\(problem)"
    case .recipe(let problem):
      return "\(problem)"
    case .stopped(let signal, let step, let path):
      return "Signal \(signal) stopped the run after step \(step); it is saved in '\(path)'"
    case .ranks(let error):
      return "\(error)"
    case .otherRank(let rank, let host, let difference):
      return "Rank \(rank) on \(host) cannot take part: \(difference)"
    case .notFinite(let step, let saved):
      return "The loss or a weight is NaN or infinite at step \(step), so the run was stopped"
        + (saved.map { "; the last save is '\($0)'" } ?? "")
        + "; try a smaller learning rate"
    }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: width - text.count)
  }
}
