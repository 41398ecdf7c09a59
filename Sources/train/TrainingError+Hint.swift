import Checkpoints
import NeuralNetwork
import Training

extension TrainingError {
  /// The error in one sentence, which says what a file is that is in the way.
  var message: String {
    guard case .noneGood(let path, _) = self, let file = ForeignFile(path) else {
      return "\(self)"
    }
    return "Cannot create '\(path)': it is \(file.kind), and no checkpoint of a run"
  }

  /// What to do about a run that cannot be resumed, or not like this.
  var hint: String? {
    switch self {
    case .checkpoint(.mismatch(_, let differences)) where differences.allSatisfy(\.isOfOptimizer):
      "--optimizer names another one; --reset-optimizer begins with a fresh one"
    case .checkpoint(.mismatch(let path, let differences))
    where differences.contains(where: \.isOfNetwork):
      """
      the file holds another network\(TrainingError.network(in: path)); train trains the quickstart \
      network only: Conv2D(32), Flatten, Dense(128), Dense(10)
      """
    case .checkpoint(.model(_, .compilation)): "--reset-optimizer begins with a fresh optimizer"
    case .otherSettings(_, let differences): hint(for: differences)
    case .exists(let path, .run):
      """
      to go on with that run, leave out --resume; for another one, choose another --save; --overwrite \
      discards the run in '\(path)'
      """
    case .exists(let path, .laterState(let step, let resumed)):
      """
      without --resume it goes on from step \(step); another --save keeps both; --overwrite goes back to \
      step \(resumed) and discards what '\(path)' holds
      """
    case .exists(let path, .file): hint(forFileAt: path)
    case .noneGood(let path, _):
      ForeignFile(path)?.hint(path)
        ?? "choose another --save; '--resume never --overwrite' starts over, and destroys '\(path)'"
    case .unsaved(_, let saved):
      saved == nil
        ? "mend the cause (on a full disk, make room) and start the same command again"
        : "mend the cause (on a full disk, make room) and go on with: \(ShellCommand.original.resuming().text)"
    case .nothingToChange:
      "a new run takes its settings from --lr, --batch-size, --shuffle-buffer and --optimizer"
    case .sameFile(let role, _, let other, _, _):
      "\(other.flag) and \(role.flag) need files of their own"
    case .occupied(let role, .occupied(let path, _, let occupant)):
      role.hint(path, occupant)
    case .log(_, let problem): problem.hint
    default: nil
    }
  }

  /// What the network in a file is made of, if the file says it.
  private static func network(in path: String) -> String {
    guard let classes = try? CheckpointFile(opening: path).layerClasses() else { return "" }
    let rest = classes.count > 12 ? " and \(classes.count - 12) more layers" : ""
    return ": \(classes.prefix(12).joined(separator: ", "))\(rest)"
  }

  /// What to do about settings that differ.
  private func hint(for differences: [Difference]) -> String {
    var options: [String] = []
    var changes: [String] = []
    var sentences: [String] = []
    for difference in differences {
      switch difference.name {
      case "learning_rate":
        options.append("--lr")
        changes.append("--change lr=\(difference.asked)")
      case "batch_size", "shuffle_buffer":
        let name = difference.name.replacing("_", with: "-")
        options.append("--\(name)")
        changes.append("--change \(name)=\(difference.asked)")
      case "optimizer":
        options.append("--optimizer")
        sentences.append("--reset-optimizer exchanges the optimizer and loses its state")
      case "seed":
        options.append("--seed")
        sentences.append("another seed is another run, with another --save")
      case "data_sha256":
        sentences.append("--data names the folder with the run's own data")
      default: break
      }
    }
    if !changes.isEmpty {
      sentences.insert("\(changes.joined(separator: " ")) changes the run from here on", at: 0)
    }
    if !options.isEmpty {
      sentences.insert(
        "without \(options.joined(separator: ", ")) the run goes on as it was", at: 0)
    }
    return sentences.joined(separator: "; ")
  }

  private func hint(forFileAt path: String) -> String {
    ForeignFile(path)?.hint(path) ?? "choose another --save; --overwrite destroys '\(path)'"
  }
}
