import Checkpoints
import Glibc
import HDF5
import JSON
import ModelFiles
import TestSupport

/// Test 17: runs that are killed and stopped at random moments, and gone on with, end as one that
/// never was.
///
/// What is compared: the digests of all weights and slots, the state of the run (counters,
/// generators, position in the data, sums, history, settings), and the log.
func interrupted(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let runs = effort.runs ?? effort.choose(200, short: 3)
  var random = SplitMix(state: effort.seed)
  var failures: [String] = []
  var interruptions = 0
  try workshop.withFolder { base in
    try writeData(in: base)
    let whole = try LoggedRun("\(base)/whole")
    let begin = ContinuousClock.now
    let result = try whole.start(saveEvery: 7).wait()
    guard result.code == 0 else { throw CannotRun(reason: "train fails: \(result.error)") }
    let longest = (ContinuousClock.now - begin) / .microseconds(1)
    let expected = try whole.content()

    for number in 1...runs {
      let run = try LoggedRun("\(base)/\(number)")
      defer { removeTree(run.folder) }
      for _ in 0..<Int.random(in: 1...10, using: &random) {
        let program = try run.start(saveEvery: Int.random(in: 1...12, using: &random))
        usleep(UInt32(Double.random(in: 0..<longest, using: &random)))
        let isRunning = program.isRunning
        program.send([SIGKILL, SIGTERM, SIGINT].randomElement(using: &random) ?? SIGKILL)
        let result = program.wait()
        interruptions += isRunning ? 1 : 0
        if let code = result.code, ![0, 130, 143].contains(code) {
          failures.append("run \(number): exit \(code), \(result.error)")
        }
      }
      let result = try run.start(saveEvery: 7).wait()
      if result.code != 0 {
        failures.append("run \(number): exit \(result.code ?? -1), \(result.error)")
        continue
      }
      failures += try run.content().differences(from: expected).map { "run \(number): \($0)" }
    }
  }
  return Finding(
    "\(runs) runs with \(interruptions) interruptions, "
      + "different from the uninterrupted one \(failures.count)",
    failures: failures)
}

/// A real training of 40 steps in four epochs, with a log.
struct LoggedRun {
  let folder: String

  /// Makes the folder; the data are in the one around it.
  init(_ folder: String) throws {
    self.folder = folder
    mkdir(folder)
  }

  func start(saveEvery steps: Int, _ more: String...) throws -> RunningProgram {
    try RunningProgram("train", arguments(saveEvery: steps) + more, in: folder)
  }

  func arguments(saveEvery steps: Int) -> [String] {
    [
      "--save", checkpointName, "--data", "../data", "--optimizer", "momentum", "--lr", "0.01",
      "--epochs", "4", "--save-every", "\(steps)steps", "--log", "log.jsonl",
    ]
  }

  func content() throws -> RunContent {
    try RunContent(of: "\(folder)/\(checkpointName)", log: readBytes("\(folder)/log.jsonl"))
  }
}

/// All that a run has computed.
struct RunContent {
  let digests: [UInt8]
  let state: TrainingState
  let log: [UInt8]

  init(of path: String, log: [UInt8] = []) throws {
    let file = try CheckpointFile(opening: path)
    digests = try file.file.dataset(at: "training_state/content/digests").read(as: UInt8.self)
    var state = try file.trainingState() ?? TrainingState(seed: 0, dataDigest: "", settings: [:])
    // What the clock and the machine decide.
    (state.environment, state.epochSeconds, state.runID) = ([:], [], "")
    self.state = state
    self.log = log
  }

  func differences(from other: RunContent) -> [String] {
    var differences: [String] = []
    if digests != other.digests { differences.append("other weights or slots") }
    if state != other.state { differences.append("another state: \(state)") }
    if log != other.log {
      differences.append("another log:\n\(String(decoding: log, as: UTF8.self))")
    }
    return differences
  }
}
