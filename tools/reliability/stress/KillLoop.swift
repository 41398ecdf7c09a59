import CheckpointStore
import Checkpoints
import Glibc
import ModelFiles
import TestSupport

/// Test 3: a real training is killed at random moments, and goes on.
///
/// Every other time the moment is anywhere from the start on, else it is after the first save.
///
/// After each kill: the newest checkpoint is the one that was last acknowledged, or a later one,
/// and its seal is right. The next start goes on from it, and sweeps what the kill left behind.
func killLoop(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let kills = effort.kills ?? effort.choose(2000, short: 20)
  var random = SplitMix(state: effort.seed)
  var failures: [String] = []
  var (saves, leftovers, promised, starts) = (0, 0, 0, 0)
  try workshop.withFolder { folder in
    let training = try Training(in: folder)
    let begin = ContinuousClock.now
    let first = try training.run("--max-steps", "1")
    guard first.code == 0 else { throw CannotRun(reason: "train fails: \(first.error)") }
    promised = 1
    // About as long as a start, some steps and their saves take.
    let longest = min(600_000, 3 * ((ContinuousClock.now - begin) / .microseconds(1)))

    for kill in 1...kills {
      let program = try training.start()
      let moment = Double.random(in: 0..<longest, using: &random)
      if kill % 2 == 0 {
        let known = names(in: folder)
        while program.isRunning, !names(in: folder).contains(where: { isNew($0, known) }) {
          usleep(2000)
        }
        usleep(UInt32(moment / 4))
      } else {
        usleep(UInt32(moment))
      }
      let own = ".tmp-\(program.process)-"
      program.send(SIGKILL)
      let result = program.wait()
      func fail(_ what: String) { failures.append("kill \(kill): \(what)") }

      if result.signal != SIGKILL { fail("train ended before: \(result.end), \(result.error)") }
      if let resumed = result.resumed {
        starts += 1
        if resumed < promised { fail("LOST: resumed at step \(resumed), promised was \(promised)") }
        saves += max(0, (result.acknowledged ?? resumed) - resumed)
        promised = max(promised, resumed)
        // It resumes after it has swept.
        let rest = names(in: folder).filter { $0.contains(".tmp-") && !$0.contains(own) }
        if !rest.isEmpty { fail("not swept: \(rest)") }
      }
      promised = max(promised, result.acknowledged ?? 0)
      leftovers += names(in: folder).count { $0.contains(".tmp-") }

      let recovery = try CheckpointStore(path: training.path, keep: 3).recoverRun()
      if let damaged = recovery.rejected.first {
        fail("damaged: \(damaged.path): \(damaged.reason)")
      }
      let newest = try recovery.path.flatMap { try CheckpointFile(opening: $0).trainingState() }
      if (newest?.globalStep ?? 0) < promised {
        fail("LOST: newest is \(newest?.globalStep ?? 0), promised was \(promised)")
      }
      if let newest, !isBestAtHand(of: newest, in: folder) {
        fail("BEST LOST: no file holds the best of \(newest.epoch) epochs")
      }
    }
    let last = try training.run("--max-steps", "\(promised + 3)")
    if last.code != 0 { failures.append("the last run: \(last.end), \(last.error)") }
    if let end = try CheckpointFile(opening: training.path).trainingState(), end.epoch > 0 {
      let best = try CheckpointFile(opening: "\(folder)/\(bestName)").trainingState()
      if best?.epoch != bestEpoch(of: end) { failures.append("BEST LOST: in the end") }
    }
  }
  return Finding(
    """
    \(kills) kills (\(starts) after the start), \(saves) saves, \(leftovers) leftovers; \
    \(Tally(failures: failures).losses)
    """, failures: failures)
}

/// The epoch of a run with the smallest loss on the test images.
private func bestEpoch(of state: TrainingState) -> Int? {
  let losses = state.history["test_loss", default: []]
  return losses.indices.min { (losses[$0], $0) < (losses[$1], $1) }.map { $0 + 1 }
}

/// Whether some file holds the best epoch, so that the next start can keep it.
private func isBestAtHand(of state: TrainingState, in folder: String) -> Bool {
  guard let best = bestEpoch(of: state) else { return true }
  return names(in: folder).contains { name in
    guard name.hasSuffix(".h5"),
      let found = try? CheckpointFile(opening: "\(folder)/\(name)").trainingState()
    else { return false }
    return found.epoch == best && found.stepInEpoch == 0
  }
}

/// Whether a name is that of a checkpoint that was not there before.
private func isNew(_ name: String, _ known: [String]) -> Bool {
  name.hasPrefix("c.step-") && !known.contains(name)
}
