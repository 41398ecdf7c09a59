import ArgumentParser
import Arguments
import Console
import Glibc
import RankArguments
import Ranks
import Training

/// Prints the events of a run: epochs on standard output, everything else on standard error.
final class Reporter {
  let command: Train
  private let isStopped: () -> Bool
  /// Whether nothing is printed, because another process of the job does.
  let isSilent: Bool
  let bar: ProgressBar
  let results = OutputQueue(.output)
  let messages = OutputQueue(.error)
  /// The epoch of the progress bar.
  var shownEpoch: Int?
  let start = ContinuousClock.now
  /// The number of pictures of the training steps, and the duration of completed epochs.
  var trained = (pictures: 0, seconds: 0.0)

  /// Creates a reporter.
  ///
  /// - Parameters:
  ///   - command: The command-line options.
  ///   - isStopped: Returns whether a stop signal has been received.
  ///   - isSilent: Whether nothing is printed, because another process of the job does.
  init(_ command: Train, isStopped: @escaping () -> Bool, isSilent: Bool) {
    self.isSilent = isSilent
    self.command = command
    self.isStopped = isStopped
    bar = ProgressBar(
      isEnabled: !command.watching.quiet && !isSilent, color: command.watching.color,
      output: { [messages] in messages.write($0) })
  }

  /// Waits until all output is written, for at most one second after a stop signal.
  ///
  /// A reader of a pipe that does not read must not keep a stopped program alive.
  func drain() {
    let start = ContinuousClock.now
    for queue in [results, messages] {
      queue.drain { !isStopped() || start.duration(to: .now) < .seconds(1) }
    }
  }

  /// Runs a closure and turns its error into a message and an exit status.
  ///
  /// Of several processes, all end with the same error, and the first one prints it.
  ///
  /// - Parameters:
  ///   - communicator: Returns the processes.
  ///   - body: The closure.
  /// - Returns: The exit status.
  func failing(
    among communicator: () -> Communicator, _ body: () throws -> ExitStatus
  ) -> ExitStatus {
    do {
      return try body()
    } catch {
      bar.clear()
      let isShared =
        switch error {
        case is RankError, TrainingError.ranks: true
        default: false
        }
      let report = communicator().sharing(command.report(of: error), isShared: isShared)
      if isSilent, case RankError.unavailable = error { printLate(report) }
      if let message = report.message { printError(message, hint: report.hint) }
      if report.showsUsage, !isSilent { messages.write("Usage: \(Train.usageString())\n") }
      return report.status
    }
  }

  /// Prints that this process cannot join its job, unless another one has the same error and prints
  /// it.
  private func printLate(_ report: ErrorReport) {
    // If this one exited first, the launcher might end the one that prints.
    sleep(3)
    guard !isStopped(), Launch.current?.isWithFirst != true else { return }
    write(Diagnostic(.error, program: "train", message: report.message ?? "", hint: report.hint))
  }

  /// Prints an error.
  func printError(_ message: String, hint: String? = nil) {
    guard !isSilent else { return }
    write(Diagnostic(.error, program: "train", message: message, hint: hint))
  }

  /// Prints a warning, even with `--quiet`.
  func warn(_ message: String) {
    guard !isSilent else { return }
    bar.clear()
    write(Diagnostic(.warning, program: "train", message: message))
  }

  /// Prints a line, but not with `--quiet`.
  func note(_ message: String) {
    guard !command.watching.quiet, !isSilent else { return }
    bar.clear()
    messages.write("train: \(escaped(message))\n")
  }

  private func write(_ diagnostic: Diagnostic) {
    let terminal = Terminal.of(.error, color: command.watching.color)
    messages.write(diagnostic.rendered(color: terminal.usesColor))
  }
}
