import Arguments
import Checkpoints
import Console
import Inspection
import ModelFiles

/// Maps errors to sentences, hints and exit codes.
extension Inspect {
  func report(of error: any Error) -> ErrorReport {
    guard let error = error as? InspectionError else { return ErrorReport(of: error) }
    return switch error {
    case .file(let cause):
      ErrorReport(cause.sentence, status: cause.kind == .noInput ? .noInput : .badData)
    case .otherFile, .noSuchObject, .object, .slice: ErrorReport("\(error)", status: .badData)
    // These sentences already explain the value of the option.
    case .expression, .ignored: ErrorReport("\(error)", status: .usage, showsUsage: false)
    }
  }
}
