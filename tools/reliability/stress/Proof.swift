/// A test of the store, and what it found.
struct Proof: Sendable {
  let number: Int
  let name: String
  let what: String
  let run: @Sendable (Workshop, Effort) throws -> Finding

  init(
    _ number: Int, _ name: String, _ what: String,
    _ run: @escaping @Sendable (Workshop, Effort) throws -> Finding
  ) {
    (self.number, self.name, self.what, self.run) = (number, name, what, run)
  }

  var title: String { "\(number < 10 ? " " : "")\(number) \(name)" }

  func isCalled(_ text: String) -> Bool { text == name || text == "\(number)" }
}

/// The figure of a test, and all that is not as it should be.
struct Finding {
  let figure: String
  let failures: [String]

  init(_ figure: String, failures: [String]) {
    self.figure = figure
    self.failures = failures
  }
}

/// A test that this machine does not allow.
struct CannotRun: Error {
  let reason: String
}

/// All tests, in the order of their numbers.
let proofs: [Proof] = [
  Proof(1, "faults", "every system call of a run fails in every way", faultEnumeration),
  Proof(2, "crash-points", "the process is killed before and after every call", crashPoints),
  Proof(
    5, "reordering", "power fails, and the disk kept any part of what it was not told to keep",
    reordering),
  Proof(6, "compound", "killed while recovering from being killed, three levels deep", compound),
  Proof(
    7, "full-disk", "every size of a disk that is too small, and of a limit on files", fullDisk),
  Proof(8, "fsync", "fsync fails once: nothing is promised, and that file not used", failedSync),
]
