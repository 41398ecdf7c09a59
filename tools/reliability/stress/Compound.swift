import TestSupport

/// Test 6: killed at every call; killed again at every call of the recovery from that; and again.
///
/// Many kills leave the same files, and from the same files the same happens: so each state is gone
/// on from once, and the enumeration is whole.
func compound(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let stride = effort.choose(1, short: 9)
  var (levels, cases) = ([Int](), 0)
  var failures: [String] = []
  try workshop.withFolder { base in
    var states = [Interrupted(state: try State.twoSaves(workshop, base), promised: State.safeStep)]
    var known: Set<[String]> = []
    for level in 1...3 {
      let results = try concurrently(Array(states.enumerated())) { index, state in
        try kills(
          from: state, first: 1 + index % stride, stride: stride, in: "\(base)/\(level)-\(index)",
          using: workshop)
      }
      cases += results.reduce(0) { $0 + $1.cases }
      failures += results.flatMap(\.failures)
      states = results.flatMap(\.states).filter { known.insert($0.key).inserted }
      levels.append(states.count)
    }
    // After the last level only the check.
    failures += try concurrently(Array(states.enumerated())) { index, state in
      let folder = "\(base)/end-\(index)"
      try state.state.write(to: folder)
      defer { removeTree(folder) }
      return try problem(in: folder, promised: state.promised, using: workshop)
    }.compactMap(\.self)
  }
  return Finding(
    """
    \(cases) kills, \(levels.map(String.init).joined(separator: " + ")) different states, lost \
    \(failures.count)
    """, failures: failures)
}

/// A folder that a killed run left, and what it had promised.
private struct Interrupted: Sendable {
  let state: FolderState
  let promised: Int

  var key: [String] { state.key + ["\(promised)"] }
}

/// Kills a run that begins with a state at one call after the other.
private func kills(
  from start: Interrupted, first: Int, stride: Int, in folder: String, using workshop: Workshop
) throws -> (states: [Interrupted], cases: Int, failures: [String]) {
  var (states, cases) = ([Interrupted](), 0)
  var failures: [String] = []
  var call = first
  while true {
    defer { removeTree(folder) }
    try start.state.write(to: folder)
    let fault = Fault(call: call, mode: .killBefore)
    let trial = try workshop.drive(workshop.saving(1, in: folder), in: folder, fault: fault)
    guard trial.reached(fault) != nil else { return (states, cases, failures) }
    if let resumed = trial.last("resumed"), resumed < start.promised {
      failures.append("went on from step \(resumed), promised was \(start.promised)")
    }
    cases += 1
    states.append(
      Interrupted(
        state: try FolderState(of: folder), promised: max(start.promised, trial.saved ?? 0)))
    call += stride
  }
}
