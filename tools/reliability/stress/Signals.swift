import Checkpoints
import Glibc
import TestSupport

/// Test 21: signals, once and twice, at any time, ignored or blocked when the program began.
///
/// A run that is stopped has saved its last step, and ends with 128 and the number of the signal.
func signals(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  var random = SplitMix(state: effort.seed)
  var failures: [String] = []
  var (cases, slowest, slowestSecond) = (0, 0.0, 0.0)
  try workshop.withFolder { base in
    try writeData(in: base)
    /// Runs a case in a folder of its own.
    func attempt(_ name: String, _ body: (SignalledRun) throws -> [String]) throws {
      let run = SignalledRun(folder: "\(base)/\(cases)")
      mkdir(run.folder)
      defer { removeTree(run.folder) }
      cases += 1
      failures += try body(run).map { "\(name): \($0)" }
    }

    for (number, code) in [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)] {
      for _ in 0..<effort.choose(20, short: 2) {
        try attempt("signal \(number)") { run in
          let program = try run.start()
          try run.waitForSave(program)
          usleep(UInt32.random(in: 0..<50_000, using: &random))
          let (result, milliseconds) = end(program, with: number)
          slowest = max(slowest, milliseconds)
          return run.problems(result, code: code)
        }
        try attempt("signal \(number) twice") { run in
          let program = try run.start()
          try run.waitForSave(program)
          program.send(number)
          // Sooner, and the system may make one signal of two; later, and it may be over already.
          usleep(UInt32.random(in: 30_000..<60_000, using: &random))
          guard program.isRunning else { return run.problems(program.wait(), code: code) }
          let (result, milliseconds) = end(program, with: number)
          slowestSecond = max(slowestSecond, milliseconds)
          return result.code == code ? run.problemsOfFile() : ["\(result.end), \(result.error)"]
        }
        try attempt("signal \(number) at the start") { run in
          let program = try run.start()
          usleep(UInt32.random(in: 0..<100_000, using: &random))
          let (result, _) = end(program, with: number)
          // Before the program is ready to notice it, the signal does what signals do.
          if result.signal == number { return run.problemsOfFile(mayBeMissing: true) }
          return run.problems(result, code: code)
        }
      }
    }
    try attempt("nohup") { run in
      let program = try run.start(behind: ["nohup"])
      try run.waitForSave(program)
      program.send(SIGHUP)
      usleep(300_000)
      guard program.isRunning else { return ["it ended: \(program.wait().error)"] }
      return run.problems(end(program, with: SIGTERM).0, code: 143)
    }
    for option in ["--ignore-signal", "--block-signal"] {
      try attempt("env \(option)=TERM") { run in
        let program = try run.start(behind: ["env", "\(option)=TERM"])
        try run.waitForSave(program)
        return run.problems(end(program, with: SIGTERM).0, code: 143)
      }
    }
    try attempt("SIGUSR1") { run in
      let program = try run.start("--save-every", "1000000steps")
      usleep(400_000)
      program.send(SIGUSR1)
      try run.waitForSave(program)
      guard program.isRunning else { return ["it ended: \(program.wait().error)"] }
      return run.problems(end(program, with: SIGINT).0, code: 130)
    }
    try attempt("SIGSTOP and SIGCONT") { run in
      let program = try run.start()
      try run.waitForSave(program)
      program.send(SIGSTOP)
      usleep(200_000)
      program.send(SIGCONT)
      usleep(50_000)
      guard program.isRunning else { return ["it ended: \(program.wait().error)"] }
      return run.problems(end(program, with: SIGTERM).0, code: 143)
    }
    try attempt("SIGPIPE") { run in
      let result = try RunningProgram(
        "/bin/sh",
        ["-c", "\"$0\" \"$@\" | head -n 1; wait", try programPath("train")]
          + run.arguments + ["--epochs", "3"], in: run.folder
      ).wait()
      let state = try CheckpointFile(opening: run.path).trainingState()
      return state?.epoch == 3
        ? [] : ["it ended after epoch \(state?.epoch ?? -1): \(result.error)"]
    }
  }
  // The short form is run for every change, on machines that do other things besides: it tells times, and
  // judges none.
  if !effort.short, slowest > 1000 {
    failures.append("the slowest run took \(Int(slowest)) ms to stop")
  }
  if !effort.short, slowestSecond > 50 {
    failures.append("the slowest run took \(slowestSecond) ms to stop at once")
  }
  func shown(_ milliseconds: Double) -> String { "\((milliseconds * 10).rounded() / 10) ms" }
  return Finding(
    """
    \(cases) cases: stopped and saved within \(shown(slowest)), by a second signal within \
    \(shown(slowestSecond)); wrong \(failures.count)
    """, failures: failures)
}

/// Sends a signal and waits for the end.
private func end(
  _ program: RunningProgram, with number: Int32
) -> (ProgramResult, milliseconds: Double) {
  let start = ContinuousClock.now
  program.send(number)
  let result = program.wait()
  return (result, (ContinuousClock.now - start) / .milliseconds(1))
}

/// A real training that goes on until somebody stops it.
private struct SignalledRun {
  let folder: String

  var path: String { "\(folder)/\(checkpointName)" }

  let arguments = ["--save", checkpointName, "--data", "../data", "--save-every", "3steps"]

  func start(behind launcher: [String] = [], _ more: String...) throws -> RunningProgram {
    let command =
      launcher + [try programPath("train")] + arguments + ["--epochs", "1000000"] + more
    let program = command[0].contains("/") ? command[0] : "/usr/bin/\(command[0])"
    return try RunningProgram(program, Array(command.dropFirst()), in: folder)
  }

  func waitForSave(_ program: RunningProgram) throws {
    for _ in 0..<10_000 where program.isRunning && access(path, F_OK) != 0 { usleep(1000) }
  }

  /// What is wrong with a run that was to save its last step and tell it.
  func problems(_ result: ProgramResult, code: Int32) -> [String] {
    guard result.code == code else { return ["\(result.end), not exit \(code): \(result.error)"] }
    let prefix = "train: stopped; saved \(checkpointName) after step "
    guard result.lastErrorLine.hasPrefix(prefix),
      let told = Int(result.lastErrorLine.dropFirst(prefix.count).prefix { $0.isNumber })
    else { return ["it says: \(result.error)"] }
    let state = try? CheckpointFile(opening: path).trainingState()
    return state?.globalStep == told
      ? problemsOfFile() : ["it told step \(told), the file has \(state?.globalStep ?? -1)"]
  }

  /// What is wrong with the checkpoint.
  func problemsOfFile(mayBeMissing: Bool = false) -> [String] {
    if mayBeMissing, access(path, F_OK) != 0 { return [] }
    let recovery = try? CheckpointStore(path: path, keep: 3).recover()
    guard recovery?.path == path else { return ["the checkpoint is not good"] }
    return []
  }
}
