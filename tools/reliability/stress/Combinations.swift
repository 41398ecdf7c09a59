import RunSupport
import TestSupport

/// Test 25: runs with random combinations of the options of `train` are interrupted three times
/// inside epochs, and resumed with 1, 2 and 3 threads.
///
/// What is compared with the run that nothing interrupts: every object of the checkpoints, but the
/// environment, and the bytes of the logs.
func combinations(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let numbers = effort.only.map { [$0] } ?? Array(1...(effort.runs ?? effort.choose(64, short: 2)))
  return try workshop.withFolder { folder in
    try writeCombinationData(in: folder)
    let failures = try concurrently(numbers) { number in
      let combination = RunCombination(seed: effort.seed, number: number)
      let random = SplitMix(state: effort.seed &+ UInt64(number) << 32)
      let trial = try InterruptedTrial(of: combination, in: folder, random: random)
      guard !trial.failures.isEmpty else { return [String]() }
      return [
        """
        \(combination.name), interrupted: \(trial.interruptions.joined(separator: "; "))
        \(trial.failures.joined(separator: "\n"))
        \(combination.command)
        repeat it: tools/check-store combinations --seed \(effort.seed) --only \(number)
        """
      ]
    }
    return Finding(
      "\(numbers.count) combinations of options, each interrupted 3 times, with other bytes "
        + "\(failures.count { !$0.isEmpty })", failures: failures.flatMap(\.self))
  }
}
