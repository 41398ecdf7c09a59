import TestSupport

/// Goes on in a folder after a run that was disturbed, as the next run would.
///
/// - Parameters:
///   - folder: The folder.
///   - promised: The last step whose save was acknowledged; 0 if there was none.
///   - finished: The step with which the run said that it has finished, if it did.
///   - workshop: Where the programs are run.
///   - sweeps: Whether temporary files that stay are wrong too.
/// - Returns: What is wrong, or nil.
/// - Throws: An error if the program cannot be started.
func problem(
  in folder: String, promised: Int, finished: Int? = nil, using workshop: Workshop,
  sweeps: Bool = true
) throws -> String? {
  func next(_ saves: Int) throws -> Trial {
    Trial(
      result: try run(
        "store-driver", ["next"] + workshop.saving(saves, in: folder).dropFirst(), in: folder),
      calls: [])
  }
  // With nothing left to do: the newest state is at the path, the best one where that is kept.
  let first = try next(0)
  // A reader, who recovers nothing, finds a whole checkpoint at the path.
  if promised > 0, first.last("step") == nil {
    return "a reader cannot read the newest: \(first.result.error)"
  }
  if let finished, first.last("step") != finished {
    return "FINISHED, BUT OLD: step \(first.last("step") ?? 0), said was \(finished)"
  }
  if let finished, first.last("kept") != bestStep(finished) {
    return
      "BEST LOST: finished at step \(finished) with step \(first.last("kept") ?? 0) as the best"
  }
  // The next run goes on from what was promised or a later step, saves, and leaves no rubbish.
  var resumed = promised
  for (index, trial) in [first, try next(1)].enumerated() {
    guard trial.result.code == 0, let step = trial.last("resumed"), let end = trial.last("finished")
    else { return "the next run: \(trial.end): \(trial.result.error)" }
    if step < resumed { return "LOST: it goes on from step \(step), promised was \(resumed)" }
    resumed = step
    if end != step + index || trial.last("holds") ?? 0 != end {
      return "FINISHED, BUT OLD: step \(trial.last("holds") ?? 0), said was \(end)"
    }
    if trial.last("keeps") ?? 0 != bestStep(end) {
      return "BEST LOST: step \(trial.last("keeps") ?? 0) is kept at step \(end)"
    }
  }
  guard sweeps else { return nil }
  let rest = names(in: folder).filter { $0.contains(".tmp-") || $0.contains("damaged") }
  return rest.isEmpty ? nil : "left in the folder: \(rest.joined(separator: ", "))"
}

/// The best step so far of the small run: each is better than all before, but every third.
func bestStep(_ step: Int) -> Int { step % 3 == 0 ? max(0, step - 1) : step }
