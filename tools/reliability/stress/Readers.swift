import Glibc
import TestSupport

/// Test 11: readers while a checkpoint is saved every 10 ms.
func readers(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let (readers, reads) = (8, effort.choose(1000, short: 12))
  let digit = try samplesFolder() + "/7.png"
  let (failures, steps) = try workshop.withFolder { folder in
    let path = "\(folder)/\(checkpointName)"
    _ = try workshop.drive(workshop.saving(1, in: folder), in: folder)
    let output = "\(folder).out"
    defer { unlink(output) }
    let writer = try workshop.startSaving(1_000_000, every: 10, in: folder, to: output)
    let failures = try concurrently(Array(0..<readers)) { reader in
      try (0..<reads).compactMap { read -> String? in
        let result =
          (reader + read) % 2 == 0
          ? try run("predict", [digit, "--model", path], in: folder)
          : try run("inspect", [path, "--json"], in: folder)
        // The model has learnt nothing yet, and `predict` may say so.
        let errors = result.error.split(separator: "\n").filter { !$0.hasPrefix("predict: note: ") }
        guard result.code == 0, errors.isEmpty, !result.output.isEmpty else {
          return "reader \(reader), read \(read): \(result.end), \(result.error)"
        }
        return nil
      }
    }
    let isWriting = writer.isRunning
    writer.send(SIGKILL)
    _ = writer.wait()
    let steps = lastSaved(in: output)
    return (failures.flatMap(\.self) + (isWriting ? [] : ["the writer has ended"]), steps)
  }
  return Finding(
    "\(readers) readers × \(reads) reads during \(steps) saves: errors \(failures.count)",
    failures: failures)
}

/// The folder with pictures of digits.
func samplesFolder() throws -> String {
  let path = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
    .joined(separator: "/")
  return path + "/samples"
}
