import Arguments
import CheckpointStore
import Checkpoints
import Console
import Datasets
import Files
import ModelFiles
import NeuralNetwork
import RankArguments
import Ranks
import Training

/// Maps errors to sentences, hints and exit codes.
extension Train {
  func report(of error: any Error) -> ErrorReport {
    switch error {
    case let error as DatasetError:
      ErrorReport(error.sentence, hint: error.hint, status: error.exitStatus)
    case let error as TrainingError:
      ErrorReport(sentence(of: error), hint: error.hint, status: error.exitStatus)
    case let error as RankError: ErrorReport(of: error)
    case let error as StoppedEarly: ErrorReport(nil, status: error.status)
    case let error as SettingsFileError:
      ErrorReport(
        "Cannot use the \(error.role.rawValue) '\(error.path)': \(error.problem)",
        status: error.isMissing ? .noInput : .badData)
    default: ErrorReport(of: error)
    }
  }

  /// The error in one sentence, with the file of a model that cannot be trained.
  private func sentence(of error: TrainingError) -> String {
    guard case .model(let problem) = error, let file = model.file ?? saving.origin else {
      return error.sentence
    }
    return "Cannot train the model in '\(file)': \(problem)"
  }
}

extension DatasetError {
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .unreadable, .incomplete, .notFound: .noInput
    case .damaged, .badFiles: .badData
    case .invalidArgument: .usage
    case .stopped: .interrupted
    }
  }

  /// The error in one sentence, with the option that names the folder of the data.
  fileprivate var sentence: String {
    guard case .notFound(let tried) = self else { return "\(self)" }
    return "Cannot find MNIST; name its folder with --data or CAIRN_DATA. These were tried:"
      + tried.map { "\n  - " + $0.onOneLine }.joined()
  }
}

extension DatasetError {
  fileprivate var hint: String? {
    guard case .badFiles = self else { return nil }
    return "repair or remove them, or skip them with --skip-bad"
  }
}

extension Recovery.Rejection {
  /// The reason, with the option that accepts the file.
  var sentence: String {
    self == .unsealed ? "\(self), so it must be named with --resume" : "\(self)"
  }
}

extension TrainingError {
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .checkpoint(let error), .unsaved(let error, _): error.exitStatus
    case .exists, .occupied: .cannotCreate
    case .log(_, let problem), .plot(_, let problem): problem == .inUse ? .busy : .cannotCreate
    case .preview: .cannotCreate
    case .sameFile: .usage
    case .nothingToChange: .noInput
    case .noneGood(let path, _): ForeignFile(path) == nil ? .badData : .cannotCreate
    case .recipe(.shards), .recipe(.processes): .usage
    case .otherSettings, .otherState, .otherData, .model, .recipe: .badData
    case .data(let error): error.exitStatus
    case .stopped(let signal, _, _): ExitStatus.stopped(by: signal) ?? .internalError
    case .notFinite: .internalError
    case .ranks(let error): error.exitStatus
    case .otherRank: .badData
    }
  }

  /// The error in one sentence, with a description of a foreign file that occupies the path, and
  /// with what a lock means here.
  fileprivate var sentence: String {
    switch self {
    case .checkpoint(.store(.locked(let path, let holder))):
      return "Cannot train into '\(path)': \(holder) is training into it"
    case .checkpoint(let error): return error.sentence
    case .noneGood(let path, _):
      if let file = ForeignFile(path) {
        return "Cannot create '\(path)': it is \(file.kind), and no checkpoint of a run"
      }
      return description(ofRejection: \.sentence)
    default: return "\(self)"
    }
  }

  /// A hint how to continue.
  fileprivate var hint: String? {
    switch self {
    case .checkpoint(.mismatch(_, let differences)) where differences.allSatisfy(\.isOfOptimizer):
      "--optimizer selects another optimizer; --reset-optimizer starts with a fresh one"
    case .checkpoint(.mismatch(let path, let differences))
    where differences.contains(where: \.isOfNetwork):
      """
      the file contains another network\(TrainingError.network(in: path)); --model names the \
      network to train, --image-size and --image-color the shape of its input
      """
    case .checkpoint(.model(_, .compilation)): "--reset-optimizer starts with a fresh optimizer"
    case .ranks(let error): error.hint
    case .otherRank: "all machines need the same program, options and data"
    case .recipe(.shards): "--shards must be at most --batch-size"
    case .recipe(.processes(_, let shards)):
      shards == 1
        ? "a new run with --shards 8 can be shared by 1, 2, 4 or 8 processes"
        : "the number of processes must divide \(shards)"
    case .model(.memory(let error)) where error.fitting > 0:
      "--batch-size \(error.fitting) takes less"
    case .otherSettings(_, let differences): hint(for: differences)
    case .otherData: "--data must name the data of that run; another --save starts a new one"
    case .exists(let path, .run):
      """
      to resume that run, omit --resume; for a new run, choose another --save; --overwrite \
      discards the run in '\(path)'
      """
    case .exists(let path, .laterState(let step, let resumed)):
      """
      without --resume it resumes at step \(step); another --save keeps both; --overwrite returns \
      to step \(resumed) and discards the run in '\(path)'
      """
    case .exists(let path, .file): hint(forFileAt: path)
    case .noneGood(let path, _):
      ForeignFile(path)?.hint(path)
        ?? "choose another --save; '--resume never --overwrite' starts over, and destroys '\(path)'"
    case .checkpoint(.store(.writing)), .unsaved(_, nil):
      "solve the problem (on a full disk, free space) and repeat the command"
    case .unsaved:
      "solve the problem (on a full disk, free space) and continue with: "
        + ShellCommand.original.resuming().text
    case .nothingToChange:
      "a new run takes its settings from --lr, --batch-size, --shuffle-buffer and --optimizer"
    case .sameFile(let role, _, let other, _, _):
      "\(other.flag) and \(role.flag) must name different files"
    case .occupied(let role, let path, _, let occupant):
      role.hint(path, occupant)
    case .preview(_, .notEmpty): "name another file, or add --overwrite to replace it"
    case .log(_, let problem), .plot(_, let problem): problem.hint
    default: nil
    }
  }

  /// The layer classes of the network in a file; empty if the file does not describe them.
  private static func network(in path: String) -> String {
    guard let classes = try? CheckpointFile(opening: path).layerClasses() else { return "" }
    let rest = classes.count > 12 ? " and \(classes.count - 12) more layers" : ""
    return ": \(classes.prefix(12).joined(separator: ", "))\(rest)"
  }

  /// A hint for settings that differ from those of the resumed run.
  private func hint(for differences: [Difference]) -> String {
    var options: [String] = []
    var changes: [String] = []
    var sentences: [String] = []
    for difference in differences {
      switch difference.name {
      case "learning_rate":
        options.append("--lr")
        changes.append("--change lr=\(difference.asked)")
      case "shards":
        options.append("--shards")
        sentences.append("another number of shards is another run and needs another --save")
      case "batch_size", "shuffle_buffer":
        let name = difference.name.replacing("_", with: "-")
        options.append("--\(name)")
        changes.append("--change \(name)=\(difference.asked)")
      case "optimizer":
        options.append("--optimizer")
        sentences.append("--reset-optimizer replaces the optimizer and discards its state")
      case "seed":
        options.append("--seed")
        sentences.append("another seed is another run and needs another --save")
      case "model":
        options.append("--model")
        sentences.append("another model is another run and needs another --save")
      case "image_shape":
        sentences.append(
          """
          pictures of another shape (--image-size, --image-color) are another run and need another \
          --save
          """)
      case "data_sha256":
        sentences.append("--data must name the folder with the data of that run")
      default: break
      }
    }
    if sentences.isEmpty, changes.isEmpty {
      sentences.append("without these options, the run resumes with its own settings")
    }
    if !changes.isEmpty {
      sentences.insert("\(changes.joined(separator: " ")) changes the resumed run", at: 0)
    }
    if !options.isEmpty {
      sentences.insert(
        "without \(options.joined(separator: ", ")), the run resumes with its own settings", at: 0)
    }
    return sentences.joined(separator: "; ")
  }

  private func hint(forFileAt path: String) -> String {
    ForeignFile(path)?.hint(path) ?? "choose another --save; --overwrite destroys '\(path)'"
  }
}
