import Glibc
import TestSupport

/// A real `train` on small data, in a folder of its own.
struct Training {
  let folder: String

  /// The path of the checkpoint.
  var path: String { "\(folder)/\(checkpointName)" }

  /// Writes the data: ten steps an epoch.
  init(in folder: String) throws {
    self.folder = folder
    try writeData(in: folder)
  }

  /// The arguments of `train`, a save after every step.
  func arguments(_ more: String...) -> [String] {
    [
      "--save", checkpointName, "--data", "data", "--optimizer", "sgd", "--threads", "1",
      "--save-every", "1step", "--save-patience", "0s", "--save-best", bestName,
    ] + more
  }

  /// Runs `train` to its end.
  func run(_ more: String...) throws -> ProgramResult {
    try TestSupport.run("train", arguments() + more, in: folder)
  }

  /// Starts `train`, which would go on for hours.
  func start() throws -> RunningProgram {
    try RunningProgram("train", arguments("--epochs", "1000000"), in: folder)
  }
}

extension ProgramResult {
  /// The step of the last save that `train` acknowledged.
  var acknowledged: Int? { steps(after: "train: saved \(checkpointName) after step ").last }

  /// The step from which `train` went on.
  var resumed: Int? {
    error.split(separator: "\n").first { $0.hasPrefix("train: resuming ") }
      .flatMap { $0.split(separator: " ").last.flatMap { Int($0) } }
  }

  /// The first line of standard error.
  var firstErrorLine: String { error.split(separator: "\n").first.map(String.init) ?? "" }

  private func steps(after prefix: String) -> [Int] {
    error.split(separator: "\n").compactMap { line in
      line.hasPrefix(prefix) ? Int(line.dropFirst(prefix.count).prefix { $0.isNumber }) : nil
    }
  }

  /// Whether the process ended as Unix calls a crash; SIGKILL is ours.
  var hasCrashed: Bool { signal != nil && signal != SIGKILL }

  /// How the process ended, in words.
  var end: String { signal.map { "signal \($0)" } ?? "exit \(code ?? -1)" }
}
