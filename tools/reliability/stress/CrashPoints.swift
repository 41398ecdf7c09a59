import TestSupport

/// Test 2: the process is killed before and after every call of a run of three saves.
func crashPoints(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let stride = effort.choose(1, short: 6)
  let tally = try workshop.withFolder { base in
    let start = try State.twoSaves(workshop, base)
    return Tally.sum(
      try concurrently([(1, Fault.Mode.killBefore), (2, .killAfter)]) { first, mode in
        try enumerate(
          mode, from: start, first: first, stride: stride, in: base, using: workshop
        ) { trial, _, _ in trial.result.signal == 9 ? nil : "not killed: \(trial.end)" }
      })
  }
  return Finding(
    """
    \(tally.cases) crashes in \(tally.points) calls, \(tally.promises) saves acknowledged, \
    \(tally.losses)
    """, failures: tally.failures)
}
