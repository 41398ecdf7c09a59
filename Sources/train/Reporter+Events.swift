import Arguments
import CheckpointStore
import Checkpoints
import Console
import Datasets
import Files
import JSON
import Training

/// Reports of the events of a run.
extension Reporter {
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
}
