import Glibc
import TestSupport

/// Test 10: of several trainings into one file one runs, and the others end at once.
///
/// They end with 75 and name it; when it is killed, the next can begin.
func writers(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let together = 20
  var failures: [String] = []
  var slowest = Duration.zero
  try workshop.withFolder { folder in
    let training = try Training(in: folder)
    for (round, count) in [2, together].enumerated() {
      let start = ContinuousClock.now
      var programs = try (0..<count).map { _ in try training.start() }
      // All but one end by themselves.
      while programs.count(where: \.isRunning) > 1, ContinuousClock.now - start < .seconds(60) {
        usleep(2000)
      }
      slowest = max(slowest, (ContinuousClock.now - start) / count)
      let holders = programs.filter(\.isRunning)
      if holders.count != 1 {
        failures.append("round \(round): \(holders.count) of \(count) train")
      }
      let holder = holders.first?.process ?? 0
      programs.removeAll(where: \.isRunning)
      for result in programs.map({ $0.wait() })
      where result.code != 75 || !result.error.contains("process ") {
        failures.append("another one: \(result.end), \(result.error)")
      }
      // Whoever comes while the lock is held is told who holds it.
      let late = ContinuousClock.now
      let result = try training.run("--max-steps", "1")
      if result.code != 75 || !result.error.contains("process \(holder)") {
        failures.append("a late one: \(result.end), \(result.error), the holder is \(holder)")
      }
      slowest = max(slowest, ContinuousClock.now - late)

      holders.forEach { $0.send(SIGKILL) }
      let killed = holders.map { $0.wait() }
      let promised = killed.compactMap(\.acknowledged).max() ?? 0
      let next = try training.run("--max-steps", "1")
      if next.code != 0 || (next.resumed ?? 0) < promised && !next.error.contains("nothing left") {
        failures.append("after the kill: \(next.end), \(next.error), promised was \(promised)")
      }
    }
  }
  if !effort.short, slowest > .seconds(1) { failures.append("one took \(slowest) to give way") }
  return Finding(
    """
    2 and \(together) writers: 1 trains, the others 75 within \
    \(Int(slowest / .milliseconds(1))) ms each; wrong \(failures.count)
    """, failures: failures)
}
