import RunSupport
import TestSupport
import Testing

/// Runs that are interrupted three times inside epochs end as if they never were, with any options.
///
/// `tools/check-store combinations` tries many more.
@Suite("Combinations of options")
struct CombinationTests {
  @Test(
    "A run that is interrupted three times ends with the bytes of one that is not",
    arguments: RunCombination.fixed.indices)
  func interrupted(index: Int) throws {
    try withTemporaryDirectory { folder in
      let combination = RunCombination.fixed[index]
      try writeCombinationData(in: folder)
      let trial = try InterruptedTrial(
        of: combination, in: folder, random: SplitMix(state: UInt64(index)))
      #expect(trial.interruptions.count == 3)
      #expect(trial.failures == [], "\(combination.command)\n\(trial.interruptions)")
    }
  }

  @Test("The fixed combinations have every option that changes what is computed or written")
  func everyOption() throws {
    let help = try run("train", ["--help"]).output
    let used = Set(RunCombination.fixed.flatMap(\.arguments))
    // What cannot be compared, or is given to every run.
    let others: Set = [
      "--save", "--save-every", "--save-patience", "--resume", "--change", "--overwrite",
      "--reset-optimizer", "--skip-bad", "--max-time", "--target-accuracy", "--json", "--quiet",
      "--verbose", "--color", "--dry-run", "--overfit-batch", "--preview", "--init-weights",
      "--threads", "--version", "--help",
      "--learning-rate", "--epochs", "--batch-size",
    ]
    let flags = help.matches(of: /\n  [^\n]*?(--[a-z-]+)[ ,\n]/).map { String($0.1) }
    #expect(flags.count > 30)
    #expect(
      flags.filter { !used.contains($0) && !others.contains($0) } == [],
      "RunCombination.fixed must have them, and RunCombination(seed:number:) draw them")
  }
}
