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

  /// Prints the report of an error on standard error, unless another process prints the messages.
  ///
  /// - Parameters:
  ///   - report: The report.
  ///   - color: When the message is coloured.
  /// - Returns: The exit status.
  @discardableResult
  public func show(_ report: ErrorReport, color: ColorChoice) -> ExitStatus {
    let text = Self.isSilent ? "" : text(of: report, color: color)
    if !text.isEmpty { StandardError.write(text) }
    return report.status
  }

  /// The report of an error as text for standard error.
  ///
  /// - Parameters:
  ///   - report: The report.
  ///   - color: When the message is coloured.
  /// - Returns: Lines; empty if the program ends silently.
  public func text(of report: ErrorReport, color: ColorChoice) -> String {
    var text = ""
    if let message = report.message {
      let diagnostic = Diagnostic(.error, program: Self.name, message: message, hint: report.hint)
      text += diagnostic.rendered(color: Terminal.of(.error, color: color).usesColor)
    }
    if report.showsUsage {
      let usage = Self.usageString().dropFirst(Self.name.count)
      text += "Usage: \(command(of: Self.name))\(usage)\n"
    }
    return text
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
