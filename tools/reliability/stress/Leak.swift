import Glibc
import TestSupport

/// Test 15: descriptors and memory of a process that saves thousands of times.
func leak(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let saves = effort.choose(10_000, short: 300)
  return try workshop.withFolder { folder in
    let output = "\(folder).out"
    defer { unlink(output) }
    let program = try workshop.startSaving(saves, every: 0, in: folder, to: output)
    var samples: [(descriptors: Int, kilobytes: Int)] = []
    // After the first saves all that is kept for later ones is there.
    let marks = stride(from: saves / 10, through: saves - saves / 10, by: saves / 10)
    for mark in marks {
      while program.isRunning, lastSaved(in: output) < mark { usleep(5000) }
      let process = "/proc/\(program.process)"
      samples.append((names(in: "\(process)/fd").count, residentKilobytes(process)))
    }
    let result = program.wait()
    var failures: [String] = []
    if result.code != 0 { failures.append("\(result.end)") }
    let (first, last) = (samples[0], samples[samples.count - 1])
    // One descriptor more may be open at the moment of looking; pages come and go.
    let descriptors = samples.map(\.descriptors)
    if (descriptors.min() ?? 0) + 4 < (descriptors.max() ?? 0)
      || last.descriptors > first.descriptors + 4
    {
      failures.append("descriptors: \(descriptors)")
    }
    if last.kilobytes > first.kilobytes + 1024 {
      failures.append("resident: \(samples.map(\.kilobytes)) KB")
    }
    return Finding(
      """
      \(saves) saves: descriptors \(first.descriptors) → \(last.descriptors), resident \
      \(first.kilobytes) → \(last.kilobytes) KB
      """, failures: failures)
  }
}

private func residentKilobytes(_ process: String) -> Int {
  let fields = ((try? readText("\(process)/statm")) ?? "").split(separator: " ")
  return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4 : 0
}
