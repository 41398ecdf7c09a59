import ArgumentParser
import Console
import Glibc

@main
struct Stress: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-store",
    abstract: "Breaks the checkpoint store in every way that is known, and counts what was lost.",
    discussion: """
      EXAMPLES:
        tools/check-store --short            everything, in less than a minute
        tools/check-store faults compound    two tests, whole
        tools/check-store kill --kills 20000

      TESTS:
      \(proofs.map { "  " + $0.title.padded(to: 18) + $0.what }.joined(separator: "\n"))

      EXIT CODES: 0 every figure is its target (a test that cannot be run here says why), 1 one is \
      not, 64 wrong usage.
      """)

  @Argument(help: "The tests, by name or number; without any, all of them.")
  var tests: [String] = []

  @OptionGroup var effort: Effort

  @Option(help: .hidden)
  var shim: String

  func validate() throws {
    for name in tests where !proofs.contains(where: { $0.isCalled(name) }) {
      throw ValidationError("there is no test '\(name)'.")
    }
  }

  func run() throws {
    signal(SIGPIPE, SIG_IGN)
    let workshop = Workshop(shim: shim)
    var hasFailed = false
    for proof in proofs where tests.isEmpty || tests.contains(where: proof.isCalled) {
      let start = ContinuousClock.now
      let finding: Finding
      do {
        finding = try proof.run(workshop, effort)
      } catch let error as CannotRun {
        try StandardOutput.writeLine("\(proof.title.padded(to: 18))not run: \(error.reason)")
        continue
      } catch {
        finding = Finding("the test itself failed", failures: ["\(error)"])
      }
      let tenths = (ContinuousClock.now - start) / .milliseconds(100)
      try StandardOutput.writeLine(
        proof.title.padded(to: 18) + finding.figure.padded(to: 96)
          + (finding.failures.isEmpty ? " ok" : " FAILED") + "  \((tenths).rounded() / 10) s")
      for failure in finding.failures.prefix(effort.failures) {
        let lines = failure.split(separator: "\n").map { "    \($0)" }
        try StandardOutput.writeLine(lines.joined(separator: "\n"))
      }
      if finding.failures.count > effort.failures {
        try StandardOutput.writeLine("    … and \(finding.failures.count - effort.failures) more")
      }
      hasFailed = hasFailed || !finding.failures.isEmpty
    }
    if hasFailed { throw ExitCode(1) }
  }
}

/// How much is done.
struct Effort: ParsableArguments {
  @Flag(help: "A sample of each test, for every change: less than a minute in all.")
  var short = false

  @Option(help: "How often a training is killed. (default: 2000, short: 20)")
  var kills: Int?

  @Option(
    help: """
      How many interrupted runs are compared. (default: 200, short: 3; 64 combinations, short: 2)
      """)
  var runs: Int?

  @Option(help: "The only combination that is tried, by its number.")
  var only: Int?

  @Option(help: "How many damaged files are tried. (default: 80000, short: 2000)")
  var mutants: Int?

  @Option(help: "What decides the random moments and bits.")
  var seed: UInt64 = 1

  @Option(help: "How many failures of a test are shown.")
  var failures = 10

  /// One of two numbers.
  func choose(_ whole: Int, short few: Int) -> Int { short ? few : whole }
}

extension String {
  /// The text, followed by spaces up to a width.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
