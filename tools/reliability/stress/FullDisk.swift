import Glibc
import TestSupport

/// Test 7: disks on which nothing, or a part of what is to be saved, has room.
///
/// After each: the run did not crash, ended with 74 unless all was saved, and what was there is
/// there.
func fullDisk(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  var tallies: [(name: String, tally: Tally)] = []
  var left: [String] = []
  try workshop.withFolder { base in
    let start = try State.twoSaves(workshop, base)
    let size = start[checkpointName]?.count ?? 0
    let step = effort.choose(4096, short: 32768)
    let sizes = Array(stride(from: 0, through: 3 * size, by: step))

    func add(_ name: String, _ body: () throws -> Tally) throws {
      do {
        tallies.append((name, try body()))
      } catch let error as CannotRun {
        left.append("\(name): \(error.reason)")
      }
    }
    try add("limits on files") { try limits(workshop, start, in: base, step: step / 8) }
    try add("empty disks") {
      try smallDisks(workshop, FolderState(contents: [], names: [:]), sizes, in: base)
    }
    try add("disks") { try smallDisks(workshop, start, sizes, in: base) }
    try add("filled ext4 disks") { try filledDisks(workshop, start, sizes, in: base) }
    try add("trainings") { try trainings(in: base) }
  }
  let failures = tallies.flatMap(\.tally.failures)
  let counts = tallies.map { "\($0.tally.cases) \($0.name)" }.joined(separator: ", ")
  let notRun = left.isEmpty ? "" : "; not run: " + left.joined(separator: ", ")
  return Finding(
    "\(counts): \(Tally(failures: failures).losses)\(notRun)", failures: failures)
}

/// Disks with some bytes more than what is there.
private func smallDisks(
  _ workshop: Workshop, _ start: FolderState, _ sizes: [Int], in base: String
) throws -> Tally {
  let used = start.contents.reduce(0) { $0 + $1.count }
  let before = start.names.isEmpty ? 0 : (used + 3 * 4096) / 4096 * 4096
  return Tally.sum(
    try sizes.map { size in
      // A tmpfs of size 0 has no limit.
      let options = "size=\(max(4096, before + size))"
      return try withMount(["-t", "tmpfs", "-o", options, "none"], on: "\(base)/disk") {
        try check(
          on: "\(base)/disk", start, "\(size) bytes free beside \(used) used", workshop,
          relieve: {
            try command(["mount", "-o", "remount,size=64m", "\(base)/disk"], for: "tmpfs")
          })
      }
    })
}

/// An ext4 disk that a large file leaves a little room on.
private func filledDisks(
  _ workshop: Workshop, _ start: FolderState, _ sizes: [Int], in base: String
) throws -> Tally {
  let (image, disk) = ("\(base)/disk.img", "\(base)/ext4")
  try command(["truncate", "-s", "8M", image], for: "ext4")
  try command(["mkfs.ext4", "-q", "-F", "-m", "0", image], for: "ext4")
  return try withMount(["-o", "loop", image], on: disk) {
    Tally.sum(
      try sizes.map { size in
        names(in: disk).forEach { unlink("\(disk)/\($0)") }
        return try check(
          on: disk, start, "ext4 with \(size) bytes free", workshop,
          relieve: { unlink("\(disk)/filler") },
          prepare: {
            var status = statvfs()
            unsafe statvfs(disk, &status)
            let filler = Int(status.f_bavail * status.f_frsize) - size
            try command(["fallocate", "-l", "\(filler)", "\(disk)/filler"], for: "ext4")
          })
      })
  }
}

/// Every limit on the size of files from 0 to that of a checkpoint.
private func limits(
  _ workshop: Workshop, _ start: FolderState, in base: String, step: Int
) throws -> Tally {
  let size = start[checkpointName]?.count ?? 0
  return Tally.sum(
    try concurrently(Array(stride(from: 0, through: size, by: step)) + [size - 1]) { limit in
      let folder = "\(base)/limit-\(limit)"
      defer { removeTree(folder) }
      return try check(
        on: folder, start, "a limit of \(limit) bytes", workshop,
        before: ["prlimit", "--fsize=\(limit)"])
    })
}

/// Runs four saves in a folder that begins with a state; then there is room, and it is gone on.
private func check(
  on folder: String, _ start: FolderState, _ what: String, _ workshop: Workshop,
  before prefix: [String] = [], relieve: () throws -> Void = {},
  prepare: () throws -> Void = {}
) throws -> Tally {
  try start.write(to: folder)
  try prepare()
  let before = start.names.isEmpty ? 0 : State.safeStep
  let saves = 4
  let result = try run(
    "store-driver", workshop.saving(saves, in: folder), behind: prefix, in: folder)
  let trial = Trial(result: result, calls: [])
  let isComplete = trial.finished == before + saves
  var problems: [String] = []
  switch result.code {
  case 0 where isComplete: break
  case 74 where !isComplete: break
  default: problems.append("\(trial.end), saved \(trial.saved ?? 0): \(result.error)")
  }
  let now = try FolderState(of: folder)
  if trial.saved == nil, now[checkpointName] != start[checkpointName] {
    problems.append("the checkpoint has changed, and nothing was saved")
  }
  let promised = max(before, trial.saved ?? 0)
  if promised > 0 {
    let reader = try run("store-driver", ["verify", "\(folder)/\(checkpointName)"])
    let step = Trial(result: reader, calls: []).last("step")
    if (step ?? 0) < promised { problems.append("holds step \(step ?? 0), not \(promised)") }
  }
  if now.names.keys.contains(where: { $0.contains(".tmp-") }) {
    problems.append("a temporary file stays: \(now.names.keys.sorted())")
  }
  try relieve()
  if let problem = try problem(
    in: folder, promised: promised, finished: trial.finished, using: workshop)
  {
    problems.append(problem)
  }
  return Tally(points: 0, cases: 1, failures: problems.map { "\(what): \($0)" })
}
