import Checkpoints
import Glibc
import ModelFiles
import TestSupport
import Testing

/// Signals that come in groups, as terminals, schedulers and wrappers send them.
@Suite("Signals")
struct SignalTests {
  /// Starts a run that saves only when it ends, and waits for its first epoch.
  private func start(
    _ more: String..., shell script: String = plainStart, inTerminal: Bool = false,
    in directory: String
  ) throws -> RunningProgram {
    let arguments =
      trainArguments(["--epochs", "100000", "--save-every", "1000000steps", "--log", "log.jsonl"])
      + more
    let program = try RunningProgram(
      "train", arguments, shell: script, in: directory, inTerminal: inTerminal)
    let hasEpoch = eventually {
      !program.isRunning || !((try? readBytes("\(directory)/log.jsonl")) ?? []).isEmpty
    }
    guard hasEpoch, program.isRunning else { throw RunEnded(said: program.wait().whole) }
    return program
  }

  private struct RunEnded: Error {
    let said: String
  }

  /// The step in the checkpoint.
  private func savedStep(in directory: String) throws -> Int {
    let state = try CheckpointFile(opening: "\(directory)/ckpt.h5").trainingState()
    return try #require(state).globalStep
  }

  @Test(
    "A second signal within milliseconds changes nothing: the run is saved",
    arguments: [
      (SIGHUP, SIGHUP), (SIGTERM, SIGTERM), (SIGINT, SIGINT), (SIGTERM, SIGINT),
      (SIGINT, SIGTERM), (SIGUSR2, SIGTERM), (SIGXCPU, SIGXCPU),
    ])
  func pairs(first: Int32, second: Int32) throws {
    try withData { directory in
      let program = try start(in: directory)
      program.send(first)
      usleep(200)
      program.send(second)
      let result = program.wait()
      // Two that wait at the same time come in the order of their numbers.
      #expect([128 + first, 128 + second].contains(result.code), "\(result.whole)")
      let step = try savedStep(in: directory)
      #expect(step >= 10)
      #expect(
        result.lastErrorLine.hasPrefix("train: stopped; saved ckpt.h5 after step \(step); "))
    }
  }

  @Test("A closed terminal sends SIGHUP twice, and the run is saved")
  func closedTerminal() throws {
    try withData { directory in
      let program = try start(inTerminal: true, in: directory)
      program.closeTerminal()
      usleep(200)
      program.send(SIGHUP)
      #expect(program.wait().code == 129)
      #expect(try savedStep(in: directory) >= 10)
    }
  }

  @Test("SIGINT a second after the first signal ends a run that cannot save, as announced")
  func abort() throws {
    try withData { directory in
      let program = try start("--save-patience", "5min", in: directory)
      // No save succeeds while there is a folder in its place.
      rename("\(directory)/ckpt.h5", "\(directory)/earlier.h5")
      mkdir("\(directory)/ckpt.h5", 0o777)
      let first = ContinuousClock.now
      program.send(SIGINT)
      usleep(300_000)
      // Unless other tests have kept this one waiting.
      if ContinuousClock.now - first < .milliseconds(500) { program.send(SIGINT) }
      usleep(3_000_000)
      #expect(program.isRunning, "a SIGINT within the first second ended the run")
      program.send(SIGINT)
      let result = program.wait()
      #expect(result.code == 130)
      #expect(
        result.error.contains(
          """
          then stopping; Ctrl-C a second or more after the first signal ends it at once, without \
          saving
          """), "\(result.error)")
      // It tries every second, and tells the same reason once.
      let warnings = result.error.ranges(of: "its final save is retried")
      #expect(warnings.count == 1, "\(result.error)")
    }
  }

  @Test("Signals that are ignored when the run starts stay ignored")
  func ignored() throws {
    try withData { directory in
      let program = try start(
        shell: "trap '' INT TERM HUP USR1 USR2 XCPU; exec \"$@\"", in: directory)
      for number in [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU] { program.send(number) }
      usleep(300_000)
      #expect(program.isRunning)
      program.send(SIGKILL)
      #expect(program.wait().signal == SIGKILL)
      #expect(try savedStep(in: directory) == 0, "SIGUSR1 made the run save")
    }
  }
}
