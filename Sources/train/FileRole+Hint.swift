import Checkpoints
import Training

extension FileRole {
  /// What names the file on the command line.
  var flag: String {
    switch self {
    case .checkpoint: "--save"
    case .best: "--save-best"
    case .log: "--log"
    case .weights: "--export-weights"
    case .resumed: "--resume"
    case .data: "--data"
    case .standardStream: "standard output or standard error"
    }
  }

  /// What to do about a file that this run did not write.
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
  /// What becomes of the log while the run goes on.
  var prospect: String {
    switch self {
    case .system: "the lines that are missing are written with the next"
    case .notEmpty, .otherLine, .inUse: "nothing more is written to it"
    }
  }

  /// What to do about it.
  var hint: String {
    switch self {
    case .system: "the same command writes the lines that are missing"
    case .notEmpty, .otherLine:
      "name another --log, or add --overwrite to replace the file with this run's lines"
    case .inUse: "name another --log, or wait until the other run has ended"
    }
  }
}
