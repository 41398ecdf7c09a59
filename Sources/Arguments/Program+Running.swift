import ArgumentParser
import Checkpoints
public import Console
import ModelFiles

extension Program {
  /// Reports the errors that all programs have in common.
  public func report(of error: any Error) -> ErrorReport { ErrorReport(of: error) }

  /// Runs a closure, reports its error, and exits.
  ///
  /// - Parameters:
  ///   - color: When messages are coloured.
  ///   - body: The program; it returns the exit status.
  /// - Throws: `ExitCode` with the status.
  public func exiting(color: ColorChoice, _ body: () throws -> ExitStatus) throws {
    let status: ExitStatus
    do {
      status = try body()
    } catch {
      status = show(report(of: error), color: color)
    }
    throw ExitCode(status.rawValue)
  }

  /// Prints the report of an error on standard error.
  ///
  /// - Parameters:
  ///   - report: The report.
  ///   - color: When the message is coloured.
  /// - Returns: The exit status.
  @discardableResult
  public func show(_ report: ErrorReport, color: ColorChoice) -> ExitStatus {
    if let message = report.message {
      printError(program: Self.name, message: message, hint: report.hint, color: color)
    }
    if report.showsUsage {
      let usage = Self.usageString().dropFirst(Self.name.count)
      StandardError.writeLine("Usage: \(command(of: Self.name))\(usage)")
    }
    return report.status
  }

  /// The name of the program.
  public static var name: String { configuration.commandName ?? _commandName }

  /// The text of `--version`.
  ///
  /// - Parameters:
  ///   - program: The name of the program.
  ///   - detail: Additional facts, such as `avx2 kernels`.
  /// - Returns: One line.
  public static func version(of program: String, _ detail: String? = nil) -> String {
    "\(program) \(cairnVersion) (Cairn; checkpoint format \(checkpointFormatVersion)"
      + (detail.map { "; \($0)" } ?? "") + ")"
  }
}
