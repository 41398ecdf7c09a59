import Glibc
import TestSupport

/// Test 13: every limit on memory, from one in which nothing starts to one in which all is saved.
///
/// A process that runs out of memory may end in any way, a crash included: but what was saved stays
/// as it was. Where there is no memory for a thread, libdispatch waits for some without end; that
/// is counted.
func memory(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let step = effort.choose(1, short: 20)  // MiB
  let tally = try workshop.withFolder { base in
    let start = try State.twoSaves(workshop, base)
    return Tally.sum(
      try concurrently(Array(stride(from: 1, through: 160, by: step))) { limit in
        let folder = "\(base)/\(limit)"
        defer { removeTree(folder) }
        try start.write(to: folder)
        let result = try run(
          "store-driver", workshop.saving(2, in: folder),
          behind: ["timeout", "-s", "KILL", "3", "prlimit", "--as=\(limit << 20)"], in: folder)
        // What `timeout` kills it dies of itself, by the same signal.
        let hasHung = result.signal == SIGKILL || result.code == 128 + SIGKILL
        let saved = Trial(result: result, calls: []).saved ?? State.safeStep
        var tally = Tally()
        tally.cases = 1
        tally.points = result.code == 0 ? 0 : limit
        tally.promises = !hasHung && (result.signal != nil || result.code ?? 0 > 128) ? 1 : 0
        tally.waits = hasHung ? 1 : 0
        if let problem = try problem(in: folder, promised: saved, using: workshop) {
          tally.failures = ["\(limit) MiB: \(problem)"]
        }
        return tally
      })
  }
  return Finding(
    """
    \(tally.cases) limits (\(tally.points) MiB still too little), \(tally.promises) ended by a \
    signal, \(tally.waits) waited for a thread: lost \(tally.failures.count)
    """, failures: tally.failures)
}
