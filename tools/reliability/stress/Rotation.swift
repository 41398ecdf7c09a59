import TestSupport

/// Test 16: which checkpoints keep a name of their own, at every moment at which a process can be
/// killed.
///
/// Of steps 1, 2, 3, … there are the newest three. A save that is killed before it has removed the
/// oldest may have added one; the next save that ends leaves exactly three.
func rotation(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let (keep, saves) = (3, effort.choose(100, short: 6))
  let stride = effort.choose(3, short: 7)
  var failures: [String] = []
  var kills = 0
  try workshop.withFolder { base in
    let start = try State.twoSaves(workshop, base)
    // A long run, killed again and again.
    let folder = "\(base)/long"
    try start.write(to: folder)
    var (newest, pruned, call) = (State.safeStep, State.safeStep, 1)
    while newest < saves {
      let fault = Fault(call: call, mode: .killBefore)
      let trial = try workshop.drive(
        workshop.saving(keep + 2, in: folder, keep: keep), in: folder, fault: fault)
      if trial.reached(fault) == nil {
        if trial.result.code != 0 { failures.append("\(trial.end): \(trial.result.error)") }
        call = 0
      }
      kills += 1
      // A step that was not acknowledged may have got its name all the same, and is gone on from.
      newest = max(newest, trial.last("resumed") ?? 0, trial.saved ?? 0)
      // Older names are removed before a save is acknowledged.
      pruned = max(pruned, trial.saved ?? 0)
      let steps = numberedSteps(in: folder)
      // A save that was all but acknowledged is the newest one already.
      let last = max(newest, steps.max() ?? 0)
      let needed = max(1, last - keep + 1)...last
      let allowed = max(1, pruned - keep + 1)...newest + 1
      if !needed.allSatisfy(steps.contains) || !steps.allSatisfy(allowed.contains) {
        failures.append(
          "\(fault): steps \(steps), needed \(needed), allowed \(allowed)")
      }
      call += stride
    }
    let last = try workshop.drive(workshop.saving(1, in: folder, keep: keep), in: folder)
    newest = last.saved ?? 0
    let expected =
      [".\(bestName).lock", ".\(checkpointName).lock", bestName, checkpointName]
      + (newest - keep + 1...newest).map(numbered)
    if names(in: folder) != expected.sorted() {
      failures.append("in the end: \(names(in: folder)), not \(expected)")
    }
  }
  return Finding(
    "\(saves) saves, \(kills) runs killed: "
      + "names that should not be there, or not \(failures.count)",
    failures: failures)
}

private func numberedSteps(in folder: String) -> [Int] {
  names(in: folder).filter { $0.hasPrefix("c.step-") }
    .compactMap { Int($0.dropFirst(7).dropLast(3)) }
}

private func numbered(_ step: Int) -> String {
  "c.step-" + String(repeating: "0", count: 8 - "\(step)".count) + "\(step).h5"
}
