import Glibc
import TestSupport

/// Test 12: the file is cut off, emptied, deleted, overwritten or replaced while it is read, before
/// every call of the reader.
///
/// The answer is that of the old or of the new file, or exit code 65 or 66: never a crash, and
/// never an answer that is neither. Files are read and not mapped, so there is no SIGBUS.
func replaced(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let digit = try samplesFolder() + "/7.png"
  let stride = effort.choose(1, short: 6)
  let tally = try workshop.withFolder { base in
    let start = try State.twoSaves(workshop, base)
    let files = "\(base)/files"
    try start.write(to: files)
    let (old, new) = ("\(files)/c.step-00000001.h5", "\(files)/c.step-00000002.h5")
    let cases = ["predict", "inspect"].flatMap { program in
      [
        "truncate -s 0 {}", "truncate -s -1 {}", "truncate -s 17000 {}", "rm {}",
        "cp \(new) {}.x && mv {}.x {}", "cat \(new) > {}",
        "dd if=/dev/zero of={} bs=512 count=8 seek=8 conv=notrunc status=none",
      ].map { (program: program, command: $0) }
    }
    return Tally.sum(
      try concurrently(Array(cases.enumerated())) { index, item in
        let folder = "\(base)/\(index)"
        mkdir(folder)
        let file = "\(folder)/\(checkpointName)"
        let arguments =
          item.program == "predict" ? [digit, "--json", "--model", file] : ["--json", file]
        // What may be answered.
        let answers = try [old, new].map { source in
          try copy(source, to: file)
          return try run(item.program, arguments, in: folder).output
        }
        var tally = Tally()
        var fault = Fault(call: 1 + index % stride, mode: .run)
        fault.command = item.command.replacing("{}", with: file)
        while true {
          try copy(old, to: file)
          let trial = try workshop.start(item.program, arguments, in: folder, fault: fault)
          guard trial.reached(fault) != nil else { return tally }
          tally.cases += 1
          let result = trial.result
          // `inspect` shows what it can read of a file, and lists what it cannot.
          let saysSo = result.output.contains("\"problems\": [\"")
          let isRight = result.code == 0 && (answers.contains(result.output) || saysSo)
          if !isRight, result.code != 65, result.code != 66 {
            tally.failures.append(
              "\(item.program): \(fault): \(result.end), \(result.error)"
                + "\(result.output.prefix(200))"
            )
          }
          fault.call += stride
        }
      })
  }
  return Finding(
    "\(tally.cases) reads of a file that changes: crashes or wrong answers \(tally.failures.count)",
    failures: tally.failures)
}

private func copy(_ path: String, to other: String) throws {
  unlink(other)
  try writeBytes(try readBytes(path), to: other)
}
