import Arguments
import Checkpoints
import Console
import Inference
import ModelFiles
import Images

/// Maps errors to sentences, hints and exit codes.
extension Predict {
  func report(of error: any Error) -> ErrorReport {
    guard let error = error as? InferenceError else { return ErrorReport(of: error) }
    return switch error {
    case .checkpoint(let cause):
      ErrorReport(
        cause.sentence, hint: cause.kind == .noInput ? hintForMissingModel : nil,
        status: cause.kind == .noInput ? .noInput : .badData)
    case .picture(let cause):
      ErrorReport("\(cause)", status: cause.isUnreadable ? .noInput : .badData)
    case .classNames(_, let problem):
      ErrorReport("\(error)", status: problem.isUnreadable ? .noInput : .badData)
    case .otherModel, .preprocessing: ErrorReport("\(error)", status: .badData)
    }
  }

  /// A hint for a missing default model file.
  private var hintForMissingModel: String? {
    guard model == nil else { return nil }
    return """
      --model names the model file; without it, predict opens \(Self.defaultModel) in this folder, \
      as 'train --save \(Self.defaultModel)' makes it
      """
  }
}

extension ClassNamesProblem {
  /// Whether the file is missing or cannot be opened.
  fileprivate var isUnreadable: Bool { if case .unreadable = self { true } else { false } }
}

extension ImageError {
  /// Whether the file is missing or cannot be opened.
  fileprivate var isUnreadable: Bool { if case .unreadable = reason { true } else { false } }
}
