import Glibc
import TestSupport

/// Test 4: the power fails, as far as a real file system can show it.
///
/// The disk is a file on XFS. A copy that shares its blocks (reflink) is what was on the disk at
/// that instant; it is mounted, which replays the journal, and gone on from. Writes are not
/// reordered: that is test 5. The same without fsync must lose something, or the test would prove
/// nothing.
func powerLoss(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  let snapshots = effort.choose(25, short: 3)
  let systems = effort.short ? Array(fileSystems.prefix(1)) : fileSystems
  var figures: [String] = []
  var failures: [String] = []
  // Not in memory: a loop device on tmpfs keeps nothing that the file system did not send, either,
  // but tmpfs has no reflinks.
  try withTemporaryDirectory(in: "/tmp") { base in
    try command(["truncate", "-s", "6G", "\(base)/host.img"], for: "a disk for snapshots")
    try command(
      ["mkfs.xfs", "-q", "-m", "reflink=1", "\(base)/host.img"], for: "snapshots (xfsprogs)")
    try withMount(["-o", "loop", "\(base)/host.img"], on: "\(base)/host") {
      for system in systems {
        let whole = try losses(workshop, system, snapshots, in: "\(base)/host", fault: nil)
        failures += whole.map { "\(system.name): \($0)" }
        let fault = Fault(call: 1, mode: .skip, only: "fsync*")
        let without = try losses(workshop, system, snapshots, in: "\(base)/host", fault: fault)
        if without.isEmpty { failures.append("\(system.name) without fsync loses nothing") }
        figures.append("\(system.name) \(whole.count) (without fsync \(without.count))")
      }
    }
  }
  return Finding("lost of \(snapshots): \(figures.joined(separator: ", "))", failures: failures)
}

private struct FileSystem {
  let name: String
  let make: [String]
  var mount = "loop"
  var size = "64M"
  /// What is run after a crash, before the disk is mounted; a journal makes that needless.
  var repair: [String]?
}

private let fileSystems = [
  FileSystem(name: "ext4", make: ["mkfs.ext4", "-q", "-F"]),
  FileSystem(
    name: "ext4 noauto_da_alloc", make: ["mkfs.ext4", "-q", "-F"], mount: "loop,noauto_da_alloc"),
  FileSystem(
    name: "ext4 without journal", make: ["mkfs.ext4", "-q", "-F", "-O", "^has_journal"],
    repair: ["e2fsck", "-f", "-y"]),
  FileSystem(name: "XFS", make: ["mkfs.xfs", "-q", "-f"], mount: "loop,nouuid", size: "320M"),
  FileSystem(name: "btrfs", make: ["mkfs.btrfs", "-q", "-f"], size: "160M"),
]

/// Takes snapshots of a disk while checkpoints are saved on it, and goes on from each.
///
/// - Returns: What was lost.
private func losses(
  _ workshop: Workshop, _ system: FileSystem, _ count: Int, in host: String, fault: Fault?
) throws -> [String] {
  let (disk, folder) = ("\(host)/disk.img", "\(host)/mounted")
  defer { unlink(disk) }
  try command(["truncate", "-s", system.size, disk], for: system.name)
  try command(system.make + [disk], for: system.name)
  let promises = try withMount(["-o", system.mount, disk], on: folder) {
    try snapshots(of: disk, count, while: workshop, savesIn: folder, fault)
  }
  return try promises.enumerated().compactMap { index, promised in
    let copy = "\(host)/copy-\(index).img"
    defer { unlink(copy) }
    do {
      if let repair = system.repair {
        // 1 and 2 mean that something was found and mended.
        let result = try runCommand(repair + [copy])
        guard let code = result.code, code <= 2 else {
          return "snapshot \(index): \(result.output)"
        }
      }
      return try withMount(["-o", system.mount, copy], on: folder) {
        try problem(in: folder, promised: promised, using: workshop, sweeps: fault == nil)
      }.map { "snapshot \(index): \($0)" }
    } catch let error as CannotRun {
      return "snapshot \(index): \(error.reason)"
    }
  }
}

/// Copies a disk at some moments.
///
/// - Returns: For each copy, the last step that had been acknowledged before it was made.
private func snapshots(
  of disk: String, _ count: Int, while workshop: Workshop, savesIn folder: String, _ fault: Fault?
) throws -> [Int] {
  let output = disk + ".out"
  defer { unlink(output) }
  var environment = ["LD_PRELOAD": workshop.shim, "CAIRN_FAULT_DIR": folder]
  if let fault {
    environment["CAIRN_FAULT_AT"] = "\(fault.call)"
    environment["CAIRN_FAULT_MODE"] = fault.mode.text
    environment["CAIRN_FAULT_ONLY"] = fault.only
  }
  let writer = try workshop.startSaving(
    1_000_000, every: 1, in: folder, to: output, environment: environment)
  defer { writer.send(SIGKILL) }
  while writer.isRunning, lastSaved(in: output) < 3 { usleep(5000) }
  let promises = try (0..<count).map { index in
    usleep(UInt32(3000 + 7919 * index % 23000))
    let promised = lastSaved(in: output)
    let copy = disk.dropLast("disk.img".count) + "copy-\(index).img"
    try command(["cp", "--reflink=always", disk, String(copy)], for: "snapshots")
    return promised
  }
  writer.send(SIGKILL)
  let result = writer.wait()
  guard result.signal == SIGKILL else {
    throw CannotRun(reason: "the writer ended with \(result.end)")
  }
  return promises
}
