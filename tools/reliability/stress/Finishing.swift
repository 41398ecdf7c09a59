import Checkpoints
import Glibc
import TestSupport

/// Test 18: every call of a real training to its end fails or is the last one of the process.
///
/// After each: if the run said that it has finished, the path holds its last state and the best
/// path its best epoch; if not, that is so after the same command was given again.
func finishing(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let modes: [Fault.Mode] = [.killBefore, .killAfter, .once(EIO), .once(ENOSPC), .from(EIO)]
  let stride = effort.choose(1, short: 100)
  let tally = try workshop.withFolder { base in
    // One step an epoch.
    try writeData(in: base, train: 32, test: 16)
    let whole = "\(base)/whole"
    mkdir(whole)
    let result = try run("train", arguments, in: whole)
    guard result.code == 0 else { throw CannotRun(reason: "train fails: \(result.error)") }
    let expected = try Ends(in: whole)
    return Tally.sum(
      try concurrently(Array(modes.enumerated())) { index, mode in
        var tally = Tally()
        var fault = Fault(call: 1 + index * stride / modes.count, mode: mode)
        while true {
          let folder = "\(base)/\(mode.text)-\(fault.call)"
          mkdir(folder)
          defer { removeTree(folder) }
          let trial = try workshop.start("train", arguments, in: folder, fault: fault)
          guard let call = trial.reached(fault) else { return tally }
          tally.points = max(tally.points, call.number)
          tally.cases += 1
          func check(_ code: Int32?, _ error: String) throws {
            guard let problem = code == 0 ? try Ends(in: folder).problem(expected) : nil else {
              return
            }
            tally.failures.append("\(fault) (\(call.name) \(call.file)): \(problem)\n\(error)")
          }
          try check(trial.result.code, trial.result.error)
          let next = try run("train", arguments, in: folder)
          if next.code != 0 { tally.failures.append("\(fault): then \(next.end): \(next.error)") }
          try check(next.code, next.error)
          fault.call += stride
        }
      })
  }
  return Finding(
    "\(tally.points) calls of train × \(modes.count) faults: \(tally.cases) runs, \(tally.losses)",
    failures: tally.failures)
}

private let arguments = [
  "--save", checkpointName, "--save-best", bestName, "--monitor", "loss", "--data", "../data",
  "--optimizer", "sgd", "--lr", "0.01", "--epochs", "3", "--keep", "2", "--threads", "1",
  "--save-patience", "0s",
]

/// What a run leaves: its last state, and its best epoch.
private struct Ends {
  let last: RunContent?
  let best: RunContent?

  init(in folder: String) throws {
    last = try? RunContent(of: "\(folder)/\(checkpointName)")
    best = try? RunContent(of: "\(folder)/\(bestName)")
  }

  func problem(_ expected: Ends) -> String? {
    guard let last, let end = expected.last, last.differences(from: end) == [] else {
      return "FINISHED, BUT OLD: step \(last?.state.globalStep ?? 0)"
    }
    guard let best, let end = expected.best, best.differences(from: end) == [] else {
      return "BEST LOST: step \(best?.state.globalStep ?? 0)"
    }
    return nil
  }
}
