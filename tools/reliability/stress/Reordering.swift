import TestSupport

/// Test 5: the power fails at every call of a run, and of what was not brought to the disk any part
/// is there, in any order.
///
/// The same with an fsync that does nothing must lose something, or the test would prove nothing.
func reordering(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let saves = effort.choose(3, short: 1)
  let whole = try powerFailures(workshop, saves: saves)
  var failures = whole.failures
  var bad: [Int] = []
  for only in ["fsync", "fsync-folder"] {
    let fault = Fault(call: 1, mode: .skip, only: only)
    bad.append(try powerFailures(workshop, saves: 1, fault: fault).failures.count)
    if bad.last == 0 { failures.append("without \(only) nothing is lost: the test sees nothing") }
  }
  return Finding(
    """
    \(whole.points) calls, \(whole.cases) states, bad \(whole.failures.count); without fsync of \
    the file \(bad[0]), of the folder \(bad[1])
    """, failures: failures)
}

/// All that may be on the disk after a run, checked.
private func powerFailures(
  _ workshop: Workshop, saves: Int, fault: Fault? = nil
) throws -> Tally {
  try workshop.withFolder { base in
    let start = try State.twoSaves(workshop, base)
    let folder = "\(base)/run"
    try start.write(to: folder)
    let trial = try workshop.drive(
      workshop.saving(saves, in: folder, keep: 2), in: folder, fault: fault, data: "\(base)/data")
    guard trial.result.code == 0 else {
      throw CannotRun(reason: "a run without a fault: \(trial.end), \(trial.result.error)")
    }
    let data = try readBytes("\(base)/data")

    var disk = DiskModel(start)
    var promised = State.safeStep
    var (known, contents): (Set<[String]>, Set<[String]>) = ([], [])
    var states: [(state: FolderState, promised: Int, call: Call)] = []
    for call in trial.calls {
      if call.file.hasPrefix("saved "), let step = Int(call.file.dropFirst(6)) { promised = step }
      guard disk.make(call, data: data) || call.name == "said" else { continue }
      if call.name == "said" { known = [] }
      for state in disk.newStates(&known)
      where contents.insert(state.key + ["\(promised)"]).inserted {
        states.append((state, promised, call))
      }
    }
    let problems = try concurrently(Array(states.enumerated())) { index, item in
      let folder = "\(base)/\(index)"
      try item.state.write(to: folder)
      defer { removeTree(folder) }
      return try problem(in: folder, promised: item.promised, using: workshop, sweeps: fault == nil)
        .map {
          "power fails after call \(item.call.number) (\(item.call.name) \(item.call.file)): \($0)"
        }
    }
    return Tally(
      points: trial.calls.count { $0.number > 0 }, cases: states.count,
      failures: problems.compactMap(\.self))
  }
}
