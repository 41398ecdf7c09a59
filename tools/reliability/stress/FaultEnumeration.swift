import Glibc
import TestSupport

/// Test 1: every call of a run of three saves × every way to fail.
///
/// After each: the run did not crash, its exit code fits what it managed, and nothing that was
/// promised is lost.
func faultEnumeration(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let modes: [Fault.Mode] =
    [ENOSPC, EIO, EDQUOT, EROFS].map { .once($0) } + [ENOSPC, EIO].map { .from($0) }
    + [.short, .once(EINTR)]
  let stride = effort.choose(1, short: 11)
  let tally = try workshop.withFolder { base in
    let start = try State.twoSaves(workshop, base)
    return Tally.sum(
      try concurrently(Array(modes.enumerated())) { offset, mode in
        try enumerate(
          mode, from: start, first: 1 + offset % stride, stride: stride, in: base, using: workshop
        ) { trial, fault, call in unsafe(trial) }
      })
  }
  return Finding(
    """
    \(tally.points) calls × \(modes.count) faults: \(tally.cases) runs, \(tally.losses)
    """, failures: tally.failures)
}

/// What is wrong with the end of a run that had a fault, or nil.
private func unsafe(_ trial: Trial) -> String? {
  if let resumed = trial.last("resumed"), resumed < State.safeStep {
    return "LOST: it went on from step \(resumed)"
  }
  let isComplete = trial.finished == State.safeStep + 3
  switch trial.result.code {
  case 0: return isComplete ? nil : "exit 0 without the last save"
  case 65, 66, 73, 74: return isComplete ? "\(trial.end) though all was saved" : nil
  default: return "\(trial.end): \(trial.result.error)"
  }
}
