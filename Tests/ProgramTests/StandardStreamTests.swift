import Checkpoints
import Glibc
import ModelFiles
import TestSupport
import Testing

/// Standard streams as programs find them in pipelines, services and schedulers.
@Suite("Standard streams of a training")
struct StandardStreamTests {
  /// Starts `train` with standard output and standard error that take no more bytes.
  private func startWithFullPipes(_ more: String..., in directory: String) throws -> RunningProgram
  {
    try RunningProgram(
      "train", trainArguments(["--save-every", "1step"]) + more,
      shell: "head -c 65536 /dev/zero; head -c 65536 /dev/zero >&2; exec \"$@\"", in: directory)
  }

  private func savedStep(in directory: String) -> Int {
    let state = try? CheckpointFile(opening: "\(directory)/ckpt.h5").trainingState()
    return state?.globalStep ?? 0
  }

  @Test("A blocked reader does not stop the training, and misses nothing")
  func fullPipes() throws {
    try withData { directory in
      let program = try startWithFullPipes("--epochs", "3", in: directory)
      #expect(eventually { savedStep(in: directory) == 30 }, "the run waits for its reader")
      let result = program.wait()
      #expect(result.code == 0)
      let lines = result.output.drop { $0 == "\0" }.split(separator: "\n")
      #expect(lines.map { $0.prefix(8) } == ["Epoch 1,", "Epoch 2,", "Epoch 3,"])
      #expect(result.lastErrorLine.hasPrefix("train: saved ckpt.h5 after step 30; "))
    }
  }

  @Test("A signal saves and ends a training whose reader is blocked")
  func signalWithFullPipes() throws {
    try withData { directory in
      let program = try startWithFullPipes("--epochs", "100000", in: directory)
      #expect(eventually { savedStep(in: directory) > 0 })
      program.send(SIGTERM)
      #expect(eventually { !program.isRunning }, "SIGTERM did not end the run")
      #expect(program.wait().code == 143)
    }
  }

  @Test("A program started with closed standard streams writes no message into a file")
  func closedStreams() throws {
    try withData { directory in
      let result = try run(
        "train", trainArguments(["--epochs", "2", "--log", "log.jsonl"]),
        shell: "exec \"$@\" <&- >&- 2>&-", in: directory)
      #expect(result.code == 0)
      let log = try readText("\(directory)/log.jsonl")
      #expect(log.split(separator: "\n").map { $0.prefix(10) } == [#"{"epoch":1"#, #"{"epoch":2"#])
      let lock = try readText("\(directory)/.ckpt.h5.lock")
      #expect(lock.prefixMatch(of: /\d+ [0-9a-f-]{36} \S+/) != nil, "\(lock)")
    }
  }

  @Test("By default there are as many threads as available processors")
  func affinity() throws {
    try withData { directory in
      let status = try readText("/proc/self/status")
      let line = try #require(
        status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") })
      let first = line.drop { !$0.isNumber }.prefix { $0.isNumber }
      let result = try run(
        "train", trainArguments(["--max-steps", "1"]), behind: ["taskset", "-c", String(first)],
        in: directory)
      #expect(result.code == 0, "\(result.whole)")
      let state = try CheckpointFile(opening: "\(directory)/ckpt.h5").trainingState()
      #expect(state?.environment["threads"] == "1")
    }
  }
}
