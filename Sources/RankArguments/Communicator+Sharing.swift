public import Arguments
import Console
public import Ranks

extension Communicator {
  /// Tells the other processes of an error of this one, unless it comes from them.
  ///
  /// - Parameters:
  ///   - report: The report of the error.
  ///   - isShared: Whether all processes have this error already.
  /// - Returns: The report of the error with which all processes end.
  public func sharing(_ report: ErrorReport, isShared: Bool) -> ErrorReport {
    guard size > 1, !isShared else { return report }
    let failure = fail(
      RankFailure(report.message ?? "", hint: report.hint, status: report.status.rawValue))
    return ErrorReport(of: RankError.failed(failure))
  }
}
