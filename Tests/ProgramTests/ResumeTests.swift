import Glibc
import RunSupport
import TestSupport
import Testing

/// A run that was stopped and resumed ends with the bits of one that never was.
///
/// What stops it is real: signals, and a kill that leaves no time for anything.
@Suite("Resuming, on the built program", .serialized)
struct ResumeTests {
  /// Two epochs of ten steps with everything that has state: Adam, shuffling, accumulators.
  private static let arguments = [
    "--save", "ckpt.h5", "--data", "data", "--seed", "11", "--shuffle-buffer", "100",
  ]

  /// The run that nothing stopped, made once.
  private static let uninterrupted = Result {
    try withData { directory in
      let result = try run("train", arguments + ["--epochs", "12"], in: directory)
      #expect(result.code == 0, "\(result.whole)")
      return try CheckpointContents(of: "\(directory)/ckpt.h5")
    }
  }

  private func train(_ more: String..., in directory: String) throws -> ProgramResult {
    try run("train", Self.arguments + more, in: directory)
  }

  /// Compares what is in the folder with the run that nothing stopped.
  private func expectSame(
    _ directory: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try Self.uninterrupted.get()
    let actual = try CheckpointContents(of: "\(directory)/ckpt.h5")
    let differences = actual.differences(from: expected)
    #expect(differences == [], sourceLocation: sourceLocation)
    // 6 weights by two paths each, 14 of the optimizer, 15 of the training state, and seconds.
    #expect(actual.elements.count == 2 * 6 + 14 + 15 + 1, sourceLocation: sourceLocation)
    #expect(actual.elements.values.reduce(0) { $0 + $1.count } > 40_000_000)
  }

  /// Starts a run that saves after every step, and acts once `step` steps are saved.
  ///
  /// - Returns: What the program wrote, and the step that it stopped at.
  private func stop(
    _ number: Int32, after step: Int, in directory: String
  ) throws -> (result: ProgramResult, step: Int) {
    let program = try RunningProgram(
      "train", Self.arguments + ["--epochs", "12", "--save-every", "1steps"], in: directory)
    while savedStep(in: directory) < step, program.isRunning { usleep(500) }
    program.send(number)
    let result = program.wait()
    return (result, savedStep(in: directory))
  }

  private func savedStep(in directory: String) -> Int {
    names(in: directory).compactMap { name in
      name.hasPrefix("ckpt.step-") ? Int(name.dropFirst(10).dropLast(3)) : nil
    }.max() ?? 0
  }

  @Test(
    "A run stopped by a signal prints how to resume, and ends with the bits of one never stopped",
    arguments: [
      (SIGINT, 130, 1), (SIGINT, 130, 10), (SIGINT, 130, 30), (SIGTERM, 143, 20), (SIGHUP, 129, 40),
    ] as [(Int32, Int32, Int)])
  func signals(number: Int32, code: Int32, step: Int) throws {
    try withData { directory in
      let (stopped, step) = try stop(number, after: step, in: directory)
      #expect(stopped.code == code)
      #expect((1..<120).contains(step), "it was to be stopped inside the run")
      let program = try programPath("train")
      #expect(
        stopped.lastErrorLine == """
          train: stopped; saved ckpt.h5 after step \(step); continue with: \(program) \
          \(Self.arguments.joined(separator: " ")) --epochs 12 --save-every 1steps
          """)
      let resumed = try train("--epochs", "12", in: directory)
      #expect(resumed.code == 0, "\(resumed.whole)")
      // After the last step of an epoch it may have been stopped in the evaluation, or behind it.
      let places = ["in epoch \((step + 9) / 10)", "after epoch \(step / 10)"]
      let first = resumed.error.split(separator: "\n").first
      #expect(
        places.contains { first == "train: resuming ckpt.h5 \($0), step \(step)" }
          && (step % 10 == 0 || first?.contains("in epoch") == true), "\(resumed.error)")
      try expectSame(directory)
    }
  }

  @Test("A run stopped again and again ends with the bits of one never stopped")
  func severalStops() throws {
    try withData { directory in
      var steps: [Int] = []
      // Each time it gets a little further; how far, the speed of the disk decides.
      for number in [SIGINT, SIGTERM, SIGINT, SIGHUP, SIGKILL] {
        steps.append(try stop(number, after: (steps.last ?? 0) + 1, in: directory).step)
      }
      #expect(Set(steps).filter { (1..<120).contains($0) }.count >= 2, "\(steps)")
      #expect(try train("--epochs", "12", in: directory).code == 0)
      try expectSame(directory)
    }
  }

  @Test("A killed run resumes from its last save")
  func killed() throws {
    try withData { directory in
      let program = try RunningProgram(
        "train", Self.arguments + ["--epochs", "12", "--save-every", "3steps"], in: directory)
      while savedStep(in: directory) < 6, program.isRunning { usleep(500) }
      program.send(SIGKILL)
      #expect(program.wait().signal == SIGKILL)
      let step = savedStep(in: directory)
      #expect(step < 120)
      let resumed = try train("--epochs", "12", in: directory)
      #expect(resumed.code == 0)
      // A save that was all but finished is completed first.
      let line = resumed.error.split(separator: "\n").first { $0.contains(": resuming ") }
      let from = try #require(line?.split(separator: " ").last.flatMap { Int($0) })
      #expect(from >= step)
      try expectSame(directory)
    }
  }

  @Test(
    "A run that ended early, at any step, resumes when more steps are requested",
    arguments: [1, 9, 10, 11, 19])
  func maxSteps(steps: Int) throws {
    try withData { directory in
      let first = try train("--epochs", "12", "--max-steps", "\(steps)", in: directory)
      #expect(first.code == 0, "\(first.whole)")
      let resumed = try train("--epochs", "12", in: directory)
      #expect(resumed.code == 0, "\(resumed.whole)")
      try expectSame(directory)
    }
  }

  @Test(
    "The portable kernels compute the same bits, and say that they do",
    .timeLimit(.minutes(30)))
  func portable() throws {
    try withData { directory in
      let result = try run(
        "train", Self.arguments + ["--max-steps", "4"], environment: ["CAIRN_ISA": "portable"],
        in: directory)
      #expect(result.code == 0, "\(result.whole)")
      // The rest with the processor's own kernels.
      #expect(try train("--epochs", "12", in: directory).code == 0)
      try expectSame(directory)
      let version = try run("train", ["--version"], environment: ["CAIRN_ISA": "portable"])
      #expect(version.output.contains("portable kernels"))
    }
  }

  @Test(
    "A finished run resumes with more epochs and threads, or from a numbered file under a new name",
    arguments: [
      (["--threads", "1"], ["--threads", "3"], "ckpt.h5 after epoch 1, step 10"),
      (["--max-steps", "8"], ["--resume", "eight.h5"], "eight.h5 in epoch 1, step 8"),
    ])
  func moreEpochs(first: [String], second: [String], place: String) throws {
    try withData { directory in
      #expect(
        try run("train", Self.arguments + ["--epochs", "1"] + first, in: directory).code == 0)
      if second.contains("eight.h5") {
        rename("\(directory)/ckpt.step-00000008.h5", "\(directory)/eight.h5")
        unlink("\(directory)/ckpt.h5")
      }
      let more = Self.arguments + ["--epochs", "12"] + second
      let resumed = try run("train", more, in: directory)
      #expect(resumed.error.hasPrefix("train: resuming \(place)\n"))
      try expectSame(directory)
    }
  }

  @Test("The same run twice gives the same bits, another seed others")
  func seed() throws {
    try withData { directory in
      #expect(try train("--epochs", "12", "--threads", "1", in: directory).code == 0)
      try expectSame(directory)
      let other = try run(
        "train",
        ["--save", "other.h5", "--data", "data", "--seed", "12", "--epochs", "12"]
          + ["--shuffle-buffer", "100"], in: directory)
      #expect(other.code == 0)
      let differences = try CheckpointContents(of: "\(directory)/other.h5")
        .differences(from: try Self.uninterrupted.get())
      #expect(differences.contains("/layers/conv2d/vars/0"))
      #expect(differences.contains("/training_state/rng/seed"))
    }
  }
}
