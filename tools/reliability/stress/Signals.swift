import CheckpointStore
import Checkpoints
import Glibc
import ModelFiles
import TestSupport

/// Test 21: signals, once, in pairs and late, at any time, ignored or blocked when the program
/// began; terminals that are closed; no threads.
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
    let stops = [SIGINT, SIGTERM, SIGHUP, SIGUSR2, SIGXCPU]
    for index in 0..<effort.choose(200, short: 5) {
      let pair = (stops[index % stops.count], stops.randomElement(using: &random) ?? SIGINT)
      try attempt("signals \(pair.0) and \(pair.1)") { run in
        let program = try run.start()
        try run.waitForSave(program)
        usleep(UInt32.random(in: 0..<50_000, using: &random))
        program.send(pair.0)
        usleep(UInt32.random(in: 0..<1_000, using: &random))
        // Two that wait at the same time come in the order of their numbers.
        let (result, _) = end(program, with: pair.1)
        return run.problems(result, codes: [128 + pair.0, 128 + pair.1])
      }
    }
    for _ in 0..<effort.choose(200, short: 3) {
      try attempt("a closed terminal") { run in
        let program = try run.start("--save-every", "1000000steps", inTerminal: true)
        let isReady = eventually {
          if handles(SIGUSR1, program.process) { program.send(SIGUSR1) }
          return !program.isRunning || run.savedStep != nil
        }
        guard isReady, let earlier = run.savedStep else { return ["no save by SIGUSR1"] }
        usleep(UInt32.random(in: 30_000..<60_000, using: &random))
        // The kernel sends SIGHUP, and the shell sends it again.
        program.closeTerminal()
        usleep(UInt32.random(in: 0..<400, using: &random))
        let (result, _) = end(program, with: SIGHUP)
        guard result.code == 129 else { return ["\(result.end)"] }
        let later = run.savedStep ?? -1
        return later > earlier
          ? run.problemsOfFile() : ["UNSAVED: step \(later), and \(earlier) before"]
      }
    }
    for _ in 0..<effort.choose(20, short: 1) {
      try attempt("SIGINT a second later") { run in
        let program = try run.start("--save-patience", "5min")
        try run.waitForSave(program)
        // No save succeeds while there is a folder in its place.
        rename(run.path, "\(run.path).earlier")
        mkdir(run.path)
        program.send(SIGINT)
        usleep(1_050_000)
        guard program.isRunning else { return ["it ended: \(program.wait().error)"] }
        let (result, milliseconds) = end(program, with: SIGINT)
        slowestSecond = max(slowestSecond, milliseconds)
        return result.code == 130 ? [] : ["\(result.end), \(result.error)"]
      }
    }
    try attempt("no threads") { run in
      let environment = ["LD_PRELOAD": workshop.shim, "CAIRN_FAULT_THREADS": "none"]
      let program = try run.start(environment: environment)
      try run.waitForSave(program)
      return run.problems(end(program, with: SIGTERM).0, code: 143)
    }
    for (launcher, ignored, last) in [
      (["nohup"], SIGHUP, SIGTERM), (["env", "--ignore-signal=TERM"], SIGTERM, SIGINT),
    ] {
      try attempt(launcher.joined(separator: " ")) { run in
        let program = try run.start(behind: launcher)
        try run.waitForSave(program)
        program.send(ignored)
        usleep(300_000)
        guard program.isRunning else { return ["it ended: \(program.wait().error)"] }
        return run.problems(end(program, with: last).0, code: 128 + last)
      }
    }
    try attempt("env --block-signal=TERM") { run in
      let program = try run.start(behind: ["env", "--block-signal=TERM"])
      try run.waitForSave(program)
      return run.problems(end(program, with: SIGTERM).0, code: 143)
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
      let result = try TestSupport.run(
        "train", run.arguments + ["--epochs", "3"], shell: "\"$@\" | head -n 1; wait",
        in: run.folder)
      let state = try CheckpointFile(opening: run.path).trainingState()
      return state?.epoch == 3
        ? [] : ["it ended after epoch \(state?.epoch ?? -1): \(result.error)"]
    }
  }
  // The short form is run for every change, on machines that do other things besides: it tells
  // times, and judges none.
  if !effort.short, slowest > 1000 {
    failures.append("the slowest run took \(Int(slowest)) ms to stop")
  }
  if !effort.short, slowestSecond > 50 {
    failures.append("the slowest run took \(slowestSecond) ms to stop at once")
  }
  func shown(_ milliseconds: Double) -> String { "\((milliseconds * 10).rounded() / 10) ms" }
  return Finding(
    """
    \(cases) cases: stopped and saved within \(shown(slowest)), by a late SIGINT within \
    \(shown(slowestSecond)); wrong \(failures.count)
    """, failures: failures)
}

/// Whether a process has a handler for a signal (proc(5), "SigCgt").
private func handles(_ signal: Int32, _ process: Int32) -> Bool {
  let status = (try? readText("/proc/\(process)/status")) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
  let mask = line.flatMap { UInt64($0.dropFirst(7).drop { $0.isWhitespace }, radix: 16) } ?? 0
  return mask >> UInt64(signal - 1) & 1 == 1
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

  func start(
    behind launcher: [String] = [], _ more: String..., environment: [String: String] = [:],
    inTerminal: Bool = false
  ) throws -> RunningProgram {
    try RunningProgram(
      "train", arguments + ["--epochs", "1000000"] + more, behind: launcher,
      environment: environment, in: folder, inTerminal: inTerminal)
  }

  /// The step in the checkpoint, if there is one.
  var savedStep: Int? { try? CheckpointFile(opening: path).trainingState()?.globalStep }

  func waitForSave(_ program: RunningProgram) throws {
    for _ in 0..<10_000 where program.isRunning && access(path, F_OK) != 0 { usleep(1000) }
  }

  /// What is wrong with a run that was to save its last step and tell it.
  func problems(_ result: ProgramResult, code: Int32) -> [String] {
    problems(result, codes: [code])
  }

  /// The same for a run that may end with one of several codes.
  func problems(_ result: ProgramResult, codes: [Int32]) -> [String] {
    guard let code = result.code, codes.contains(code) else {
      return ["\(result.end), not exit \(codes): \(result.error)"]
    }
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
    let recovery = try? CheckpointStore(path: path, keep: 3).recoverRun()
    guard recovery?.path == path else { return ["the checkpoint is not good"] }
    return []
  }
}
