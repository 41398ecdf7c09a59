import TestSupport

/// A run of a program with the shim: what it said, how it ended, which calls it made.
struct Trial {
  let result: ProgramResult
  let calls: [Call]

  /// The number after the last `WORD `, at the beginning of a line on standard output.
  func last(_ word: String) -> Int? {
    result.output.split(separator: "\n").last { $0.hasPrefix(word + " ") }
      .flatMap { Int($0.dropFirst(word.count + 1)) }
  }

  /// The step of the last save that was acknowledged in this run.
  var saved: Int? { last("saved") }

  /// The step with which it said that it has finished.
  var finished: Int? { last("finished") }

  /// The call that the fault was for, if the run came to it.
  func reached(_ fault: Fault) -> Call? {
    calls.first { $0.fault != "-" || ($0.number == fault.call && fault.only == nil) }
  }

  /// How the run ended, in words.
  var end: String {
    if let signal = result.signal { return "killed by signal \(signal)" }
    return "exit \(result.code ?? -1)"
  }
}

/// A system call on a file below the folder.
struct Call {
  /// Its number, from 1; 0 if it is not counted.
  let number: Int

  /// Its name as faults.c has it, or `said`; then ``file`` is a line on standard output.
  let name: String
  let file: String
  let detail: String

  /// `ok`, `error ERRNO`, `skipped` or `killed before`.
  let result: String

  /// `hit` if the fault was injected here, `unfit` if it was to be and this call cannot have it.
  let fault: String

  var isDone: Bool { result == "ok" }

  /// A number in the detail, such as `offset=12`.
  subscript(key: String) -> Int? {
    detail.split(separator: " ").first { $0.hasPrefix(key + "=") }
      .flatMap { Int($0.dropFirst(key.count + 1)) }
  }

  /// Reads a log of faults.c.
  static func list(_ text: String) -> [Call] {
    text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 6, let number = Int(parts[0]) else { return nil }
      return Call(
        number: number, name: parts[1], file: parts[2], detail: parts[3], result: parts[4],
        fault: parts[5])
    }
  }
}
