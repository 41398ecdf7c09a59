import Checkpoints
import Training

extension FileRole {
  /// The option that names the file.
  var flag: String {
    switch self {
    case .checkpoint: "--save"
    case .best: "--save-best"
    case .log: "--log"
    case .tensorBoard: "--tensorboard"
    case .plots: "--plots"
    case .weights: "--export-weights"
    case .resumed: "--resume"
    case .data: "--data"
    case .standardStream: "standard output or standard error"
    }
  }

  /// The name of such a file in a sentence.
  var noun: String {
    switch self {
    case .tensorBoard: "the event file"
    case .plots: "the plot"
    default: "the log"
    }
  }

  /// The beginning of an error about a file that could not be completed.
  func lack(_ path: String) -> String {
    switch self {
    case .tensorBoard: "The event file '\(path)' lacks events"
    case .plots: "The plot '\(path)' is not up to date"
    default: "The log '\(path)' lacks lines"
    }
  }

  /// A hint for an output path that is occupied by a file of another run or program.
  func hint(_ path: String, _ occupant: Occupant) -> String {
    switch (self, occupant) {
    case (.checkpoint, _):
      "name another --save, or add --overwrite to remove the checkpoints of the other run"
    case (.best, .run):
      """
      it is not this run's: --resume '\(path)' resumes from it, --overwrite replaces it with this \
      run's best epoch
      """
    default: "it is not this run's: name another \(flag), or add --overwrite to replace it"
    }
  }
}

extension LogProblem {
  /// The consequence of the problem for the running process.
  func prospect(for role: FileRole) -> String {
    switch self {
    case .system where role == .log: "the missing lines will be written with the next one"
    case .system: "the next epoch tries again"
    case .notEmpty, .otherLine, .otherEvent, .otherEvents, .inUse: "logging stops"
    }
  }

  /// A hint how to solve the problem.
  var hint: String {
    switch self {
    case .system: "repeat the command to write what is missing"
    case .notEmpty, .otherLine, .otherEvent:
      "name another file or folder, or add --overwrite to replace the file with this run's content"
    case .otherEvents: "name another --tensorboard"
    case .inUse: "name another file or folder, or wait until the other run has ended"
    }
  }
}
