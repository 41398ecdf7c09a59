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
  Proof(2, "crash-points", "a run is killed before and after every call", crashPoints),
  Proof(3, "kill", "a real training is killed at random moments", killLoop),
  Proof(4, "power-loss", "file systems as they were at some instant (needs root)", powerLoss),
  Proof(5, "reordering", "disks that kept any part of what fsync had not reached", reordering),
  Proof(6, "compound", "killed while recovering from a kill, three levels deep", compound),
  Proof(7, "full-disk", "disks and limits on files that are too small (needs root)", fullDisk),
  Proof(8, "fsync", "fsync fails once: nothing is promised, that file not used", failedSync),
  Proof(9, "targets", "paths that no checkpoint can be saved to, and odd ones", targets),
  Proof(10, "writers", "2 and 20 trainings into one file, and a holder killed", writers),
  Proof(11, "readers", "predict and inspect while a checkpoint is saved", readers),
  Proof(12, "replaced", "files that change while they are read", replaced),
  Proof(13, "memory", "every limit on memory", memory),
  Proof(15, "leak", "descriptors and memory over thousands of saves", leak),
  Proof(16, "rotation", "which checkpoints have names of their own, with kills", rotation),
  Proof(
    17, "interrupted", "trainings that are stopped at random end as one that never was", interrupted
  ),
  Proof(18, "finishing", "every call of a training fails, to its end", finishing),
  Proof(21, "signals", "signals once, in pairs and late, at any time; closed terminals", signals),
  Proof(22, "seals", "files damaged at random places", seals),
  Proof(23, "damaged", "a run whose newest checkpoints are damaged", damaged),
  Proof(24, "logs", "every call of a training with a log fails, is the last, or loses power", logs),
  Proof(
    25, "combinations", "every option of train, with runs that are stopped three times",
    combinations),
]
