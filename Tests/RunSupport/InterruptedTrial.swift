import Glibc
public import TestSupport

/// A run that is interrupted three times inside epochs, at least once by SIGKILL, and resumed with
/// other numbers of threads, compared with the same run without interruptions.
public struct InterruptedTrial {
  /// Each interruption, such as `signal 9 in epoch 2, step 25, with 3 threads`.
  public private(set) var interruptions: [String] = []

  /// What is not as it should be; empty if the two runs end with the same bytes.
  public private(set) var failures: [String] = []

  private let combination: RunCombination
  private let folder: String
  private var random: SplitMix

  /// Runs a combination with and without interruptions.
  ///
  /// - Parameters:
  ///   - combination: The options of the run.
  ///   - folder: A folder with the data of ``writeCombinationData(in:)``, in which folders for the
  ///     two runs are made and removed.
  ///   - random: What decides the moments and the signals.
  /// - Throws: An error if a program cannot be started or a file cannot be read.
  public init(
    of combination: RunCombination, in folder: String, random: SplitMix
  ) throws {
    (self.combination, self.random) = (combination, random)
    self.folder = "\(folder)/interrupted \(combination.name)"
    let whole = "\(folder)/whole \(combination.name)"
    defer {
      removeTree(whole)
      removeTree(self.folder)
    }
    try prepare(whole)
    let result = try start(in: whole, threads: 2, saveEvery: "9steps").wait()
    guard result.code == 0 else {
      failures = ["the run without interruptions fails: \(result.error)"]
      return
    }
    let last = Self.lastStep(in: whole)
    for attempt in 0..<12 {
      removeTree(self.folder)
      try prepare(self.folder)
      (interruptions, failures) = ([], [])
      if try interrupt(lastStep: last, attempt: attempt) { break }
      if !failures.isEmpty { return }
    }
    if interruptions.count < 3 {
      failures.append("it cannot be interrupted three times, only \(interruptions)")
    }
    failures += try differences(from: whole)
  }

  private func prepare(_ folder: String) throws {
    mkdir(folder, 0o777)
    if let recipe = combination.recipe {
      try writeBytes(Array(recipe.utf8), to: "\(folder)/recipe.json")
    }
  }

  /// Starts the run, or goes on with it; its messages go to a file.
  private func start(in folder: String, threads: Int, saveEvery: String) throws -> RunningProgram {
    unlink("\(folder)/\(messages)")
    return try RunningProgram(
      "train",
      ["--save", RunCombination.checkpoint, "--threads", "\(threads)", "--save-every", saveEvery]
        + combination.arguments,
      shell: "exec \"$@\" 2>\(messages)", in: folder)
  }

  /// Interrupts the run three times inside epochs, and lets it end.
  ///
  /// - Parameters:
  ///   - lastStep: The step at which it ends.
  ///   - attempt: How often it was too fast; the signals then come earlier.
  /// - Returns: Whether it was interrupted so often.
  /// - Throws: An error if the program cannot be started.
  private mutating func interrupt(lastStep: Int, attempt: Int) throws -> Bool {
    let others = [SIGKILL, SIGINT, SIGTERM]
    let signals = ([SIGKILL] + (0..<2).map { _ in others.randomElement(using: &random) ?? SIGINT })
      .shuffled(using: &random)
    let threads = [1, 2, 3].shuffled(using: &random)
    var (step, previous) = (0, "")
    // An interruption between two epochs is not counted, but there are not many.
    for round in 0..<9 {
      let count = threads[round % 3]
      let program = try start(in: folder, threads: count, saveEvery: "1step")
      if !previous.isEmpty {
        while program.isRunning, !Self.hasBegun(in: folder) { usleep(100) }
        let line = Self.text(in: folder).split(separator: "\n").first { $0.contains(": resuming ") }
        if let place = line?.components(after: " in "), !previous.isEmpty {
          interruptions.append("\(previous) in \(place)")
        }
      }
      guard interruptions.count < 3 else {
        let result = program.wait()
        if result.code != 0 { fail("it does not end", result) }
        return true
      }
      let number = signals[interruptions.count]
      let most = max(1, (lastStep - step) / (5 - interruptions.count + attempt))
      let target = step + Int.random(in: 1...most, using: &random)
      while program.isRunning, Self.lastStep(in: folder) < target { usleep(100) }
      program.send(number)
      let result = program.wait()
      guard result.signal == SIGKILL || [130, 143].contains(result.code) else {
        if result.code != 0 { fail("it ends early", result) }
        return false
      }
      step = max(step, Self.lastStep(in: folder))
      previous = "signal \(number) with \(count) threads"
    }
    return false
  }

  private mutating func fail(_ what: String, _ result: ProgramResult) {
    let end = result.signal.map { "signal \($0)" } ?? "exit \(result.code ?? -1)"
    failures.append("\(what): \(end), \(Self.text(in: folder))")
  }

  /// Compares the files of the two runs.
  private func differences(from whole: String) throws -> [String] {
    let outputs = [RunCombination.checkpoint] + combination.outputs
    func names(in folder: String) -> [String] {
      files(below: folder).filter { file in
        outputs.contains { file == $0 || file.hasPrefix("\($0)/") }
      }.sorted()
    }
    let (mine, others) = (names(in: folder), names(in: whole))
    // A run that ends within its first epoch has no best one.
    guard mine == others, mine.contains(RunCombination.checkpoint) else {
      return ["the files are \(mine) instead of \(others)"]
    }
    return try mine.compactMap { name in
      let (path, other) = ("\(folder)/\(name)", "\(whole)/\(name)")
      guard name.hasSuffix(".h5") else {
        return try readBytes(path) == readBytes(other) ? nil : "'\(name)' differs"
      }
      let paths = try CheckpointContents(of: path).differences(from: CheckpointContents(of: other))
      return paths.isEmpty
        ? nil : "'\(name)' differs in \(paths.prefix(8).joined(separator: ", "))"
    }
  }

  /// Whether the run has said where it goes on, or has saved.
  private static func hasBegun(in folder: String) -> Bool {
    let text = text(in: folder)
    return text.components(after: ": resuming ") != nil || text.components(after: afterStep) != nil
  }

  /// The step of the last save that the run has reported.
  private static func lastStep(in folder: String) -> Int {
    let line = text(in: folder).split(separator: "\n").last {
      $0.components(after: afterStep) != nil
    }
    return line?.components(after: afterStep).flatMap { Int($0.prefix(while: \.isNumber)) } ?? 0
  }

  /// The messages of the run.
  private static func text(in folder: String) -> String {
    (try? readText("\(folder)/\(messages)")) ?? ""
  }

  private static let afterStep = " after step "
}

extension StringProtocol {
  /// What follows the first occurrence of a text; `nil` if there is none.
  fileprivate func components(after text: String) -> String? {
    firstRange(of: text).map { String(self[$0.upperBound...]) }
  }
}

/// The file with the messages of a run.
private let messages = "messages"
