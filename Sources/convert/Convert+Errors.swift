import Arguments
import Checkpoints
import Console
import Conversion
import ModelFiles
import NeuralNetwork

/// Maps errors to sentences, hints and exit codes.
extension Convert {
  func report(of error: any Error) -> ErrorReport {
    let omission = "--reset-optimizer omits the optimizer state"
    var report: ErrorReport
    switch error as? ConversionError {
    case .checkpoint(let cause)?:
      report = ErrorReport(of: cause)
      report.hint =
        switch cause {
        case .mismatch(_, let differences) where differences.allSatisfy(\.isOfOptimizer): omission
        case .noArchitecture where architecture == nil:
          "--architecture FILE names a file that describes the model"
        case .model(_, .compilation), .content(_, "/optimizer/vars", _): omission
        default: nil
        }
    case .occupied(_, _, .run)?:
      report = ErrorReport(
        "\(error)", hint: "name another file, or add --overwrite to end the run there",
        status: .cannotCreate)
    case .occupied?:
      report = ErrorReport("\(error)", hint: "--overwrite replaces it", status: .cannotCreate)
    case .isInput?:
      report = ErrorReport(
        "\(error)", hint: "name another file; the input is never overwritten", status: .usage)
    case nil: report = ErrorReport(of: error)
    }
    return report
  }
}
