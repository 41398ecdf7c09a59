import Arguments
import Checkpoints
import Console
import Datasets
import Inference
import ModelFiles
import Images

/// Maps errors to sentences, hints and exit codes.
extension Predict {
  func report(of error: any Error) -> ErrorReport {
    if let error = error as? ExplanationError {
      return ErrorReport("\(error)", hint: "--explain occlusion works", status: .badData)
    }
    if let error = error as? ImageError { return report(of: error) }
    guard let error = error as? InferenceError else { return ErrorReport(of: error) }
    return switch error {
    case .checkpoint(let cause):
      ErrorReport(
        cause.sentence, hint: cause.kind == .noInput ? hintForMissingModel : nil,
        status: cause.kind == .noInput ? .noInput : .badData)
    case .picture(let cause): report(of: cause)
    case .input(_, let problem):
      ErrorReport(
        "\(error)", hint: problem == .folder ? "-r classifies the pictures in folders" : nil,
        status: problem.isUnreadable ? .noInput : .badData)
    case .data(.unreadable): ErrorReport("\(error)", status: .noInput)
    case .labels(.unreadable): ErrorReport("\(error)", status: .noInput)
    case .labels(.unknownClass(let name, of: let picture)) where name == picture:
      ErrorReport("\(error)", status: .usage, showsUsage: false)
    case .data, .labels: ErrorReport("\(error)", status: .badData)
    case .classNames(_, let problem):
      ErrorReport("\(error)", status: problem.isUnreadable ? .noInput : .badData)
    case .otherModel, .preprocessing: ErrorReport("\(error)", status: .badData)
    }
  }

  private func report(of error: ImageError) -> ErrorReport {
    switch error.reason {
    case .unreadable: ErrorReport("\(error)", status: .noInput)
    case .uncreatable: ErrorReport("\(error)", status: .cannotCreate)
    case .unwritten: ErrorReport("\(error)", status: .ioError)
    case .otherFormat, .tooLarge, .damaged, .unsupported: ErrorReport("\(error)", status: .badData)
    }
  }

  /// A hint for a missing default model file.
  private var hintForMissingModel: String? {
    guard model.model == nil else { return nil }
    return """
      --model names the model file; without it, predict opens \(ModelOptions.defaultModel) in \
      this folder, as 'train --save \(ModelOptions.defaultModel)' makes it
      """
  }
}

extension InputProblem {
  /// Whether something cannot be opened, or not in this way.
  fileprivate var isUnreadable: Bool {
    switch self {
    case .folder, .unreadable: true
    case .emptyFolder, .shape: false
    }
  }
}

extension ClassNamesProblem {
  /// Whether the file is missing or cannot be opened.
  fileprivate var isUnreadable: Bool { if case .unreadable = self { true } else { false } }
}
