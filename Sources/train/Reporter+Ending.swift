import Arguments
import Console
import Training

/// How a run ends: its results, the command that continues it and the exit status.
extension Reporter {
  /// Prints the outcome of the run and the command that continues it.
  ///
  /// - Parameters:
  ///   - outcome: The outcome of the run.
  ///   - completed: The number of completed epochs.
  ///   - epochs: The total number of epochs of the run.
  ///   - accuracy: The accuracy of the last evaluation, if there was one.
  ///   - stagnation: The metric that ended the run because it did not improve, and the epochs.
  ///   - summary: The results of the run, if there are any.
  ///   - incompleteFile: A log, event file or plot that lacks something, and the reason.
  /// - Returns: The exit status.
  func finish(
    _ outcome: Outcome, completed: Int, of epochs: Int, accuracy: Double?,
    stagnation: (monitor: Monitor, epochs: Int)?, summary: RunSummary?,
    incompleteFile: (role: FileRole, path: String, problem: LogProblem)?
  ) -> ExitStatus {
    bar.clear()
    // A run that ended at --max-steps has epochs left.
    let more = completed < epochs ? epochs : min(completed + epochs, 1_000_000)
    func ending(_ command: ShellCommand) -> String {
      guard let stagnation else { return "continue with: \(command.text)" }
      return """
        it ended because \(stagnation.monitor.rawValue) did not improve in \
        \(stagnation.epochs == 1 ? "an epoch" : "\(stagnation.epochs) epochs"); a new run with a \
        larger --patience goes on longer
        """
    }
    switch outcome {
    case .alreadyFinished(let epoch, let step):
      note(
        """
        nothing left to do: \(command.saving.path) is finished, after epoch \(epoch), step \
        \(step); \(ending(ShellCommand.original.resuming(epochs: more, withChanges: true)))
        """)
    case .finished(let step):
      show(summary, .original.resuming(epochs: more))
      note(
        """
        saved \(command.saving.path) after step \(step); \
        \(ending(ShellCommand.original.resuming(epochs: more)))
        """)
    case .outOfTime(let step):
      show(summary, .original.resuming())
      note(
        """
        the time is over; saved \(command.saving.path) after step \(step); continue with: \
        \(ShellCommand.original.resuming().text)
        """)
    case .stopped(let signal, let step):
      note(
        """
        stopped; saved \(command.saving.path) after step \(step); continue with: \
        \(ShellCommand.original.resuming().text)
        """)
      return ExitStatus.stopped(by: signal) ?? .internalError
    }
    drain()
    if let (role, path, problem) = incompleteFile {
      printError(role.lack(path) + ": \(problem)", hint: problem.hint)
      return .ioError
    }
    guard !isSilent, let error = results.error, error != .closedPipe else {
      return reaches(outcome, accuracy) ? .success : .negative
    }
    printError("\(error)")
    return error.exitStatus
  }

  /// Prints the results at the end of a run.
  private func show(_ summary: RunSummary?, _ command: ShellCommand) {
    guard let summary, !isSilent else { return }
    let duration = Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000
    let report = RunReport(
      summary: summary, seconds: duration, trainingSeconds: trained.seconds,
      pictures: trained.pictures, peakMemory: peakMemory(), path: self.command.saving.path,
      command: command.text)
    if self.command.watching.json {
      results.write(report.json + "\n")
    } else if !self.command.watching.quiet {
      let terminal = Terminal.of(.error, color: self.command.watching.color)
      messages.write("\n" + report.text(for: terminal))
    }
  }

  /// Whether a run reaches the accuracy that it must, and a message if it does not.
  private func reaches(_ outcome: Outcome, _ accuracy: Double?) -> Bool {
    guard outcome.isFinished, let target = command.recipe.targetAccuracy,
      accuracy ?? 0 < target
    else { return true }
    printError(
      """
      The accuracy of the last evaluation is \(Format.percent(accuracy ?? 0)), less than the \
      target of \(Format.percent(target))
      """)
    drain()
    return false
  }

  /// Says that a sheet of training pictures was written.
  func finish(preview path: String) -> ExitStatus {
    note("wrote \(path); nothing was trained")
    return .success
  }

  /// Prints the results of a dry run.
  func finish(rehearsal result: EpochResult) -> ExitStatus {
    report(.epoch(result))
    note("a dry run: one batch was trained, one evaluated, and nothing written")
    return .success
  }
}
