import ArgumentParser
public import Arguments
public import Console
import Glibc
public import Ranks

extension Program {
  /// Runs a closure as one of the processes of a job, reports its error, and exits.
  ///
  /// All processes end with the same error and the status of the first one, which alone prints.
  ///
  /// - Parameters:
  ///   - launch: The place of this process in the job.
  ///   - threads: The number of threads that the user asks for; `nil` for any.
  ///   - color: When messages are coloured.
  ///   - body: The program, with the processes of the job; it returns the exit status.
  /// - Throws: `ExitCode` with the status.
  public func exiting(
    in launch: Launch, threads: Int?, color: ColorChoice,
    _ body: (Communicator) throws -> ExitStatus
  ) throws {
    let name = Self.name
    var communicator = Communicator()
    var status: ExitStatus
    do {
      communicator = try Communicator.start(launch) { $0.endProcess(of: name, color: color) }
      for warning in try communicator.warnings(threads: threads) where communicator.isFirst {
        printWarning(program: name, message: warning, color: color)
      }
      status = try body(communicator)
      // The others learn here whether the first process has printed all.
      try communicator.barrier()
    } catch {
      let report = communicator.sharing(
        report(of: error), isShared: error is RankError)
      status = show(report, color: color)
      if Self.isSilent, case RankError.unavailable = error {
        // Unless another process has the same error: the launcher may end this one.
        sleep(3)
        if !launch.isWithFirst { StandardError.write(text(of: report, color: color)) }
      }
    }
    throw ExitCode(communicator.leave(with: status).rawValue)
  }
}
