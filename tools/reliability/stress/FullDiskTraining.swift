import Glibc
import TestSupport

/// Part of test 7: a real `train` on disks that have no room for a checkpoint, or for no second
/// one.
///
/// It trains to its end all the same, then ends with 74; a checkpoint that was there is as it was.
func trainings(in base: String) throws -> Tally {
  var tally = Tally()
  let data = try writeData(in: base)
  let disk = "\(base)/full"
  let arguments = [
    "--save", "\(disk)/\(checkpointName)", "--data", data, "--optimizer", "sgd", "--keep", "1",
    "--save-patience", "0s", "--json",
  ]
  for (size, hasOld) in [("4m", false), ("10m", false), ("16m", true), ("20m", true)] {
    try withMount(["-t", "tmpfs", "-o", "size=\(size)", "none"], on: disk) {
      var problems: [String] = []
      if hasOld {
        let result = try run("train", arguments + ["--max-steps", "2"])
        if result.code != 0 { problems.append("the first run: \(result.end), \(result.error)") }
      }
      let before = try? readBytes("\(disk)/\(checkpointName)")
      let result = try run("train", arguments + ["--epochs", "2"])
      if result.code != 74 { problems.append("\(result.end), not 74: \(result.error)") }
      let epochs = result.output.split(separator: "\n").count
      if epochs != 2 { problems.append("\(epochs) epochs instead of 2") }
      if try readBytesIfThere("\(disk)/\(checkpointName)") != before {
        problems.append("the checkpoint has changed")
      }
      let rest = names(in: disk).filter { $0.contains(".tmp-") }
      if !rest.isEmpty { problems.append("left: \(rest)") }
      tally.cases += 1
      tally.failures += problems.map { "train on a disk of \(size): \($0)" }
    }
  }
  return tally
}

private func readBytesIfThere(_ path: String) throws -> [UInt8]? {
  access(path, F_OK) == 0 ? try readBytes(path) : nil
}
