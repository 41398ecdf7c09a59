public import Console
public import Ranks

extension Communicator {
  /// Leaves a job together with all processes, which exit with the same status.
  ///
  /// - Parameter status: The status of this process.
  /// - Returns: The status of the first process.
  public func leave(with status: ExitStatus) -> ExitStatus {
    guard size > 1 else { return status }
    // The others wait here until the first one has saved and printed.
    let all = try? gather([UInt8(truncatingIfNeeded: status.rawValue)])
    let final = all?[0].first.flatMap { ExitStatus(rawValue: Int32($0)) } ?? status
    end(orExitWith: final.rawValue)
    return final
  }
}
