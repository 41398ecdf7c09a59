import Glibc

/// Test 8: fsync of a file or of the folder fails once.
///
/// What fsync failed for may be lost although a second fsync succeeds (Rebello et al., "Can
/// Applications Recover from fsync Failures?", USENIX ATC 2020). So nothing is promised, the file
/// is given up, and a new one is written from memory.
func failedSync(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let tally = try workshop.withFolder { base in
    let start = try State.twoSaves(workshop, base)
    return Tally.sum(
      try concurrently(["fsync", "fsync-folder"]) { only in
        try enumerate(
          .once(EIO), only: only, from: start, in: base, using: workshop
        ) { trial, _, call in
          only == "fsync" ? reuse(of: call, in: trial.calls) : promise(in: trial.calls)
        }
      })
  }
  return Finding(
    "\(tally.cases) failing fsyncs, trusted again or acknowledged \(tally.failures.count)",
    failures: tally.failures)
}

/// Whether a file is used whose fsync failed, or no other was written.
private func reuse(of failed: Call, in calls: [Call]) -> String? {
  let later = calls.drop { $0.number != failed.number || $0.name != failed.name }.dropFirst()
  for call in later where call.file == failed.file && call.isDone {
    if ["fsync", "link", "rename", "write"].contains(call.name) {
      return "\(call.name) of the same file afterwards"
    }
  }
  // A run that cannot even begin ends before it writes another.
  guard calls.contains(where: { $0.name == "said" }) else { return nil }
  let other = later.first { $0.name == "fsync" && $0.isDone && $0.file.contains(".tmp-") }
  return other == nil ? "no new file was written" : nil
}

/// Whether a save is promised whose name no fsync of the folder has reached the disk with.
private func promise(in calls: [Call]) -> String? {
  for (word, name) in [("saved ", checkpointName), ("best ", bestName)] {
    var isSynchronized = true
    for call in calls {
      if call.name == "rename", call.detail == name, call.isDone { isSynchronized = false }
      if call.name == "fsync-folder", call.isDone { isSynchronized = true }
      if call.name == "said", call.file.hasPrefix(word), !isSynchronized {
        return "'\(call.file)' without an fsync of the folder"
      }
    }
  }
  return nil
}
