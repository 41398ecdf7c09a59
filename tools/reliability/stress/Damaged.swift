import Glibc
import TestSupport

/// Test 23: the newest checkpoints of a real run are damaged, and it goes on from the newest that
/// is not.
///
/// It names each file that it passes over and the one that it goes on from, and keeps the damaged
/// ones. If none is good, it ends with 65 and the list, and changes nothing.
func damaged(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let ways: [(name: String, damage: @Sendable (String) throws -> Void)] = [
    ("flipped", { path in try edit(path) { $0[$0.count / 2] ^= 1 } }),
    ("cut", { path in truncate(path, try readBytes(path).count - 1) }),
    ("emptied", { path in truncate(path, 0) }),
    ("deleted", { path in unlink(path) }),
    ("overwritten", { path in try edit(path) { $0 = [UInt8](repeating: 0, count: $0.count) } }),
  ]
  let keep = 3
  var failures: [String] = []
  var cases = 0
  try workshop.withFolder { base in
    let folder = "\(base)/run"
    mkdir(folder)
    let training = try Training(in: folder)
    // Three steps, each of which has its own file: the newest is c.h5 too.
    for step in 1...keep {
      let result = try training.run("--max-steps", "\(step)")
      guard result.code == 0 else { throw CannotRun(reason: "train fails: \(result.error)") }
    }
    let start = try FolderState(of: folder)

    for way in ways.prefix(effort.choose(ways.count, short: 3)) {
      for count in effort.short ? [1, keep] : Array(0...keep) {
        cases += 1
        names(in: folder).filter { $0 != "data" }.forEach { unlink("\(folder)/\($0)") }
        try start.write(to: folder)
        let victims =
          count == 0
          ? [] : [checkpointName] + (0..<count).map { "c.step-0000000\(keep - $0).h5" }
        for victim in victims where access("\(folder)/\(victim)", F_OK) == 0 {
          // Names of one file are damaged at once.
          if way.name == "deleted" || victim != "c.step-0000000\(keep).h5" {
            try way.damage("\(folder)/\(victim)")
          }
        }
        let before = try FolderState(of: folder)
        let result = try training.run("--max-steps", "\(keep + 1)")
        let after = try FolderState(of: folder)
        func fail(_ what: String) {
          failures.append("\(count) newest \(way.name): \(what): \(result.end), \(result.error)")
        }
        let isKept = way.name != "deleted"
        if count == keep, isKept {
          if result.code != 65 { fail("not 65, though none is good") }
          if before.contentSet != after.contentSet { fail("files were changed") }
          for victim in victims.dropFirst(2) where !result.error.contains(victim) {
            fail("\(victim) is not named")
          }
        } else if count < keep {
          if result.code != 0 { fail("does not go on") }
          if result.resumed != keep - count { fail("resumed at \(result.resumed ?? 0)") }
          if isKept, count > 0 {
            for victim in victims.dropFirst(2) + [checkpointName]
            where !result.error.contains(victim) {
              fail("\(victim) is not named")
            }
            let aside = after.names.keys.filter { $0.contains(".damaged-") }
            let contents = Set(aside.compactMap { after[$0] })
            if contents != Set(victims.compactMap { before[$0] }) {
              fail("kept aside: \(aside.sorted())")
            }
          }
        }
      }
    }
  }
  return Finding(
    "\(cases) folders with damaged files: wrong \(failures.count)", failures: failures)
}

private func edit(_ path: String, _ body: (inout [UInt8]) -> Void) throws {
  guard let file = unsafe fopen(path, "r+b") else { throw IOError("open \(path)", errno) }
  defer { unsafe fclose(file) }
  var bytes = try readBytes(path)
  body(&bytes)
  guard unsafe fwrite(bytes, 1, bytes.count, file) == bytes.count else {
    throw IOError("write \(path)", errno)
  }
}
