import Arguments
import Checkpoints
import NeuralNetwork

/// What the program tells about errors.
extension Convert {
  func report(of error: any Error) -> ErrorReport {
    var report = ErrorReport(of: error)
    if let error = error as? CheckpointError { report.hint = hint(for: error) }
    return report
  }

  /// A hint how to solve an error, if there is one.
  private func hint(for error: CheckpointError) -> String? {
    let omission = "--reset-optimizer omits the optimizer state"
    return switch error {
    case .occupied(_, _, .run): "name another file, or add --overwrite to end the run there"
    case .occupied: "--overwrite replaces it"
    case .isInput: "name another file; the input is never overwritten"
    case .mismatch(_, let differences) where differences.allSatisfy(\.isOfOptimizer): omission
    case .noArchitecture where architecture == nil:
      "--architecture FILE names a file that describes the model"
    case .model(_, .compilation), .content(_, "/optimizer/vars", _): omission
    default: nil
    }
  }
}
