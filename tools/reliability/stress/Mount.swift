import Glibc
import TestSupport

/// Runs a command of the system that must succeed.
///
/// - Parameters:
///   - words: The program, found in PATH, and its arguments.
///   - purpose: What it is needed for, should it fail.
/// - Throws: ``CannotRun`` with what it said.
func command(_ words: [String], for purpose: String) throws {
  let result = try runCommand(words)
  guard result.code == 0 else {
    throw CannotRun(reason: "\(purpose): \(words.joined(separator: " ")): \(result.error)")
  }
}

/// Mounts a file system, calls `body`, and unmounts it.
///
/// - Parameters:
///   - arguments: The arguments of `mount` before the folder.
///   - folder: Where it is mounted; it is made.
///   - body: What to do meanwhile.
/// - Returns: What `body` returns.
/// - Throws: ``CannotRun`` if it cannot be mounted, or what `body` throws.
func withMount<Result>(
  _ arguments: [String], on folder: String, _ body: () throws -> Result
) throws -> Result {
  mkdir(folder)
  let result = try runCommand(["mount"] + arguments + [folder])
  guard result.code == 0 else {
    throw CannotRun(
      reason: "mount \(arguments.joined(separator: " ")): \(result.error) (root is needed)")
  }
  defer {
    // Whoever has just been killed may still be letting go.
    var tries = 0
    while unsafe umount2(folder, 0) != 0, errno == EBUSY, tries < 100 {
      usleep(20_000)
      tries += 1
    }
  }
  return try body()
}
