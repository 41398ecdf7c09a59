import Glibc
import TestSupport

/// Test 24: a training with a log whose calls fail or end it one after the other, or that loses
/// power.
///
/// After each: the file holds lines of the run and nothing else; the same command then ends with
/// every line once. A file that somebody else wrote is as it was.
func logs(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  try workshop.withFolder { base in
    let log = try LogTrial(workshop, in: base)
    let kills: [Fault.Mode] = [.killBefore, .killAfter]
    let failures: [Fault.Mode] = [
      .once(ENOSPC), .once(EIO), .once(EINTR), .from(ENOSPC), .from(EIO), .short,
    ]
    let stride = effort.choose(1, short: 97)
    let items =
      (kills + failures).map { (log.new, $0) } + kills.map { (log.first, $0) }
      + (kills + failures).map { (log.foreign, $0) }
    let tally = Tally.sum(
      try concurrently(Array(items.enumerated())) { offset, item in
        try log.enumerate(
          item.1, from: item.0, first: 1 + 5 * offset % stride, stride: stride)
      })
    let power = try log.powerFailures(every: effort.choose(1, short: 4))
    return Finding(
      """
      \(tally.points) calls, \(tally.cases) faults, \(power.cases) power failures; \
      lines missing or double, foreign bytes changed \(tally.failures.count + power.failures.count)
      """, failures: tally.failures + power.failures)
  }
}

/// A training of two short epochs that writes a log.
private struct LogTrial: Sendable {
  /// A folder where the run begins, one where it has run an epoch without a log, and one in which
  /// the log is somebody else's.
  let new, first, foreign: FolderState

  private let base: String
  private let workshop: Workshop
  private let expected: [UInt8]

  private static let log = "log.jsonl"
  private static let notes = Array("Bought milk.\n{\"epoch\":1}\n".utf8)

  init(_ workshop: Workshop, in base: String) throws {
    (self.workshop, self.base) = (workshop, base)
    try writeData(in: base, train: 64, test: 32)
    new = FolderState(contents: [Self.notes], names: ["notes": 0])
    foreign = FolderState(
      contents: [Self.notes, Self.notes], names: ["notes": 0, Self.log: 1])

    let folder = "\(base)/whole"
    mkdir(folder)
    let epoch = try run("train", Self.arguments(epochs: 1), in: folder)
    first = try FolderState(of: folder)
    let whole = try run("train", Self.arguments(epochs: 2) + ["--log", Self.log], in: folder)
    guard epoch.code == 0, whole.code == 0 else {
      throw CannotRun(reason: "train fails: \(epoch.error)\(whole.error)")
    }
    expected = try readBytes("\(folder)/\(Self.log)")
  }

  private static func arguments(epochs: Int) -> [String] {
    [
      "--save", checkpointName, "--data", "../data", "--optimizer", "sgd", "--threads", "1",
      "--keep", "1", "--save-patience", "0s", "--epochs", "\(epochs)",
    ]
  }

  private func train(
    in folder: String, fault: Fault? = nil, data: String? = nil
  ) throws -> Trial {
    try workshop.start(
      "train", Self.arguments(epochs: 2) + ["--log", Self.log], in: folder, fault: fault, data: data
    )
  }

  /// Makes one call after the other go wrong, until a run comes to its end before the fault.
  func enumerate(
    _ mode: Fault.Mode, from start: FolderState, first: Int, stride: Int
  ) throws -> Tally {
    var tally = Tally()
    var fault = Fault(call: first, mode: mode)
    while true {
      let folder = "\(base)/\(mode.text)-\(start.names.count)-\(fault.call)"
      try start.write(to: folder)
      defer { removeTree(folder) }
      let trial = try train(in: folder, fault: fault)
      guard let call = trial.reached(fault) else { return tally }
      tally.points = max(tally.points, call.number)
      if call.fault != "unfit" {
        tally.cases += 1
        if let problem = try problem(after: trial, in: folder, from: start) {
          tally.failures.append("\(fault) (\(call.name) \(call.file)): \(problem)")
        }
      }
      fault.call += stride
    }
  }

  /// What is wrong after a run that was disturbed, and after the same command without a fault.
  private func problem(
    after trial: Trial, in folder: String, from start: FolderState
  ) throws -> String? {
    let found = try logIfThere(in: folder)
    if start[Self.log] != nil {
      guard found == Self.notes else { return "the log of somebody else was changed" }
      return trial.result.code == 0 ? "it trains with the log of somebody else" : nil
    }
    guard expected.starts(with: found) else {
      return "the log holds other lines:\n\(String(decoding: found, as: UTF8.self))"
    }
    if trial.result.code == 0, found != expected { return "exit 0 without all lines" }
    return try problem(in: folder)
  }

  /// What is wrong after the same command.
  private func problem(in folder: String) throws -> String? {
    let next = try train(in: folder)
    guard next.result.code == 0 else { return "the next run: \(next.end), \(next.result.error)" }
    let log = try logIfThere(in: folder)
    guard log == expected else {
      return "lines are missing or double:\n\(String(decoding: log, as: UTF8.self))"
    }
    return try? readBytes("\(folder)/notes") == Self.notes ? nil : "notes were changed"
  }

  /// The power fails at every call that has to do with the log.
  func powerFailures(every stride: Int) throws -> Tally {
    let folder = "\(base)/power"
    try new.write(to: folder)
    let trial = try train(in: folder, data: "\(base)/bytes")
    let data = try readBytes("\(base)/bytes")
    var disk = DiskModel(new)
    var (known, contents): (Set<[String]>, Set<[String]>) = ([], [])
    var states: [(state: FolderState, call: Call)] = []
    for call in trial.calls where disk.make(call, data: data) {
      let found = disk.newStates(&known)
      guard call.file == Self.log || call.name == "fsync-folder" else { continue }
      for state in found where contents.insert(state.key).inserted {
        states.append((state, call))
      }
    }
    let chosen = states.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
    let problems = try concurrently(Array(chosen.enumerated())) { index, item in
      let folder = "\(base)/power-\(index)"
      try item.state.write(to: folder)
      defer { removeTree(folder) }
      return try problem(in: folder, from: item.state).map {
        "power fails after call \(item.call.number) (\(item.call.name) \(item.call.file)): \($0)"
      }
    }
    return Tally(cases: chosen.count, failures: problems.compactMap(\.self))
  }

  /// What is wrong after the power failed: bytes that the run never wrote may be refused, not
  /// changed.
  private func problem(in folder: String, from state: FolderState) throws -> String? {
    let log = state[Self.log] ?? []
    let text = log.prefix((log.lastIndex { $0 != 0 } ?? -1) + 1)
    if expected.starts(with: text) { return try problem(in: folder) }
    let next = try train(in: folder)
    guard next.result.code == 73 else { return "damage: \(next.end), \(next.result.error)" }
    return try logIfThere(in: folder) == log ? nil : "damage was changed"
  }

  private func logIfThere(in folder: String) throws -> [UInt8] {
    let path = "\(folder)/\(Self.log)"
    return access(path, F_OK) == 0 ? try readBytes(path) : []
  }
}
