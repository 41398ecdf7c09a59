import ArgumentParser
import Arguments
import CheckpointStore
import Checkpoints
import Console
import Datasets
import Files
import Glibc
import JSON
import RankArguments
import Ranks
import Training

/// Prints the events of a run: epochs on standard output, everything else on standard error.
final class Reporter {
  private let command: Train
  private let isStopped: () -> Bool
  /// Whether nothing is printed, because another process of the job does.
  private let isSilent: Bool
  private let bar: ProgressBar
  private let results = OutputQueue(.output)
  private let messages = OutputQueue(.error)
  private var shownEpoch: Int?
  private let start = ContinuousClock.now
  /// The number of pictures of the training steps, and the duration of completed epochs.
  private var trained = (pictures: 0, seconds: 0.0)

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

  /// Prints an event.
  func report(_ event: TrainingEvent) {
    guard !isSilent else { return }
    switch event {
    case .resumed(let path, let epoch, let stepInEpoch, let step):
      let place = stepInEpoch == 0 ? "after epoch \(epoch)" : "in epoch \(epoch + 1)"
      note("resuming \(path) \(place), step \(step)")
    case .began(let path, let iterations, let learningRate, let notes):
      note(
        """
        starting from the weights of \(path)\(
          iterations > 0
            ? " and its optimizer after \(Format.count(iterations, "step"))" : ""), learning rate \
        \(learningRate); the file contains no training state, so this is epoch 1
        """)
      notes.forEach(note)
    case .changed(let change):
      note(text(change))
    case .alreadyReset(let step):
      note(
        """
        the optimizer was already reset after step \(step) and is not reset again; to reset it \
        again, use another file: --resume FILE --save OTHER --reset-optimizer
        """)
    case .step(let progress):
      if results.isPending { results.flush() }
      if messages.isPending { messages.flush() }
      trained.pictures += progress.batchSize
      show(progress)
    case .evaluating:
      break
    case .epoch(let result):
      bar.clear()
      shownEpoch = nil
      trained.seconds += result.seconds
      results.write((command.watching.json ? result.json() : text(result)) + "\n")
    case .tested(let loss, let accuracy):
      bar.clear()
      let json = JSON.object([
        "test_loss": .number(loss), "test_accuracy": .number(accuracy),
      ])
      results.write(
        (command.watching.json ? json.text(.compact) : text(.test, loss, accuracy)) + "\n")
    case .notApplied(let notes):
      for text in notes { note("the model of the file: \(text)") }
    case .initialized(let path, let newLayers):
      let list = newLayers.joined(separator: ", ")
      note(
        "starts with the weights of \(path)"
          + (newLayers.isEmpty ? "" : "; new and random: those of \(list)"))
    case .restoredBest(let epoch, let monitor, let value):
      note(
        "the weights are those of epoch \(epoch) again, the best by \(monitor.rawValue) "
          + "(\(Format.fixed(value, decimals: 4)))")
    case .stopping(let signal, let step):
      note(
        """
        \(name(of: signal)): saving the run after step \(step), then stopping; Ctrl-C a second or \
        more after the first signal ends it at once, without saving
        """)
    case .saved(let path, let step, let isLast):
      // A terminal shows only the last save; a log file lists all of them.
      if !isLast, !Terminal.of(.error).isTerminal { note("saved \(path) after step \(step)") }
    case .saveFailed(let error, let saved, let isLast):
      let prospect =
        isLast
        ? "the run has ended, and its final save is retried"
        : "the run continues, and the next save tries again"
      let safe = saved.map { "step \($0.step) is safe in '\($0.path)'" } ?? "no step is saved yet"
      warn("\(error.sentence); \(prospect); \(safe)")
    case .rolledForward(let path, let step):
      note("completed the interrupted save of \(path) after step \(step)")
    case .pathRestored(let path, let file):
      note("\(path) did not hold the newest checkpoint of the run; it was restored from \(file)")
    case .bestIsGone(let path, let epoch, let kept):
      let rest = kept.map { "\(path) holds epoch \($0) until" } ?? "\(path) is written when"
      warn(
        """
        epoch \(epoch) is the best so far, but no checkpoint holds its state any more; \
        \(rest) a later epoch is better
        """)
    case .rejected(let file, let newPath):
      let ending = newPath.map { "; renamed to \($0)" } ?? ""
      warn("skipped \(file.path): \(file.reason.sentence)\(ending)")
    case .logFailed(let role, let path, let problem):
      warn("cannot write \(role.noun) \(path): \(problem); \(problem.prospect(for: role))")
    case .eventsIncomplete(let path, let epochs):
      let which =
        epochs.count == 1
        ? "epoch \(epochs.lowerBound)" : "epochs \(epochs.lowerBound) to \(epochs.upperBound)"
      note("\(path) has no histograms and pictures of \(which), which ended without it")
    case .pathNotRestored(let error):
      warn("\(error.sentence); the next save tries again")
    case .unsealed(let path):
      warn("'\(path)' has no seal, so damage to it would go unnoticed")
    case .littleSpace(let sentence):
      warn(sentence)
    case .logReplaced(let path, let newPath):
      warn(
        """
        the log '\(path)' ended with zeros, as after a power failure; it is now '\(newPath)', and \
        all lines are written anew
        """)
    }
  }

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

  /// Prints what the data is, and the memory that its pixels will take.
  func announce(_ outline: DataOutline, at path: String) {
    let counts = DataPart.allCases.compactMap { part in outline.counts[part].map { (part, $0) } }
    let classes = outline.classNames.map { names in
      names.count == 1 ? " in 1 class" : " in \(names.count) classes"
    }
    let memory =
      outline.isOnDemand
      ? "decoded whenever they are needed" : "\(Format.bytes(outline.byteCount)) in memory"
    note(
      """
      \(path): \(pictures(counts))\(classes ?? ""), \(outline.width) x \
      \(outline.height) x \(outline.channels), \(memory)
      """)
  }

  /// Prints the files that were skipped, and how many pictures of each set are left.
  func announce(_ files: [BadFile], in images: LabeledImages) {
    let list = files.prefix(10).map { "\n  - " + "\($0)".onOneLine }.joined()
    let rest = files.count > 10 ? "\n  - and \(files.count - 10) more" : ""
    let sets: [(DataPart, ImageSet?)] = [
      (.train, images.train), (.validation, images.validation), (.test, images.test),
    ]
    let left = sets.compactMap { part, set in set.map { (part, $0.count) } }
    warn(
      """
      skipped \(Format.count(files.count, "file")) that cannot be used, which leaves \
      \(pictures(left)):\(list)\(rest)
      """)
  }

  /// The number of pictures, by part if there are several.
  ///
  /// A single part is not named: pictures may still be held out of it for validation.
  private func pictures(_ counts: [(part: DataPart, count: Int)]) -> String {
    if counts.count == 1 { return Format.count(counts[0].count, "picture") }
    return counts.map { "\(Format.grouped($0.count)) \($0.part)" }.joined(separator: ", ")
      + " pictures"
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

  private func show(_ progress: Progress) {
    if shownEpoch != progress.epoch {
      shownEpoch = progress.epoch
      bar.begin(
        "Epoch \(progress.epoch)/\(progress.epochs)", completed: progress.step - 1,
        total: progress.stepsInEpoch, itemsPerStep: progress.batchSize)
    }
    bar.update(
      completed: progress.step,
      metrics: [
        "loss \(Format.fixed(progress.loss, decimals: 4))",
        "acc \(Format.percent(progress.accuracy))",
      ])
  }

  private func text(_ change: RunChange) -> String {
    guard change.name != RunChange.optimizerIterations else {
      return "the optimizer is reset as of step \(change.step)"
    }
    // A schedule is shown as its class name only.
    func shown(_ value: JSON) -> String {
      value == .null ? "none" : value.string ?? value["class_name"]?.string ?? value.text
    }
    return """
      \(change.name) changes from \(shown(change.from)) to \(shown(change.to)) as of step \
      \(change.step)
      """
  }

  private func text(_ result: EpochResult) -> String {
    """
    Epoch \(result.epoch), Loss: \(Format.fixed(result.loss, decimals: 4)), \
    Accuracy: \(Format.fixed(result.accuracy * 100, decimals: 2)), \
    \(text(result.evaluatedOn, result.evaluationLoss, result.evaluationAccuracy))
    """
  }

  private func text(_ set: EvaluationSet, _ loss: Double, _ accuracy: Double) -> String {
    let name = set == .test ? "Test" : "Validation"
    return """
      \(name) Loss: \(Format.fixed(loss, decimals: 4)), \
      \(name) Accuracy: \(Format.fixed(accuracy * 100, decimals: 2))
      """
  }

  private func name(of signal: Int32) -> String {
    let names: [Int32: String] = [
      1: "SIGHUP", 2: "SIGINT", 12: "SIGUSR2", 15: "SIGTERM", 24: "SIGXCPU",
    ]
    return names[signal] ?? "signal \(signal)"
  }

  /// Prints that this process cannot join its job, unless another one has the same error and prints
  /// it.
  private func printLate(_ report: ErrorReport) {
    // If this one exited first, the launcher might end the one that prints.
    sleep(3)
    guard !isStopped(), Launch.current?.isWithFirst != true else { return }
    let diagnostic = Diagnostic(
      .error, program: "train", message: report.message ?? "", hint: report.hint)
    messages.write(
      diagnostic.rendered(color: Terminal.of(.error, color: command.watching.color).usesColor))
  }

  private func printError(_ message: String, hint: String? = nil) {
    guard !isSilent else { return }
    let diagnostic = Diagnostic(.error, program: "train", message: message, hint: hint)
    messages.write(
      diagnostic.rendered(color: Terminal.of(.error, color: command.watching.color).usesColor))
  }

  /// Prints a warning, even with `--quiet`.
  func warn(_ message: String) {
    guard !isSilent else { return }
    bar.clear()
    let diagnostic = Diagnostic(.warning, program: "train", message: message)
    messages.write(
      diagnostic.rendered(color: Terminal.of(.error, color: command.watching.color).usesColor))
  }

  private func note(_ message: String) {
    guard !command.watching.quiet, !isSilent else { return }
    bar.clear()
    messages.write("train: \(escaped(message))\n")
  }
}
