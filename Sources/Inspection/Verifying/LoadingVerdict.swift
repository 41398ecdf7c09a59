import ModelFiles
import NeuralNetwork

/// Whether `predict`, `convert` and `train` load the model of a file.
///
/// See ``SealReport`` for an example.
public enum LoadingVerdict: Equatable, Sendable {
  /// The file describes no model, or holds no weights.
  case noModel

  /// They load it.
  case loads

  /// They do not know a class or an option of it, with the reason: the file may be intact.
  case unsupported(String)

  /// They refuse it, with the reason.
  case refused(String)
}

extension LoadingVerdict {
  /// Loads the model with its weights, as the programs do.
  init(of checkpoint: borrowing CheckpointFile) {
    do throws(CheckpointError) {
      self = try checkpoint.loadModelIfDescribed() == nil ? .noModel : .loads
    } catch {
      if case .content(_, "/", let problem) = error, problem.hasPrefix("contains no weights") {
        self = .noModel
      } else {
        self = error.isOfKnowledge ? .unsupported(error.reason) : .refused(error.reason)
      }
    }
  }
}

extension CheckpointError {
  /// The reason without the name of the file; of several differences, the first.
  fileprivate var reason: String {
    switch self {
    case .model(_, let cause): "\(cause)"
    case .mismatch(_, let differences):
      "\(differences.first.map { "\($0)" } ?? "the file does not match the model")"
        + (differences.count > 1 ? " (and \(differences.count - 1) more)" : "")
    default: "\(self)"
    }
  }

  /// Whether a valid file can cause the error, because this library lacks a feature.
  fileprivate var isOfKnowledge: Bool {
    if case .model(_, let cause) = self { cause.isOfLibrary } else { false }
  }
}
