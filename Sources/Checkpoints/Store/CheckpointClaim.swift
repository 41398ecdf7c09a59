import Files
import Glibc

/// What stands for a lock on file systems that have none, as some that are mounted over a network: a file that only
/// one process can create, `.ckpt.h5.claim` beside `ckpt.h5`, with the number of the process.
///
/// The system does not remove it when its process is killed. Nor is it removed here, by somebody who thinks that
/// nobody holds it: that may be a process on another machine, or two may think so at the same time. Whoever comes
/// next is told what to remove.
package struct CheckpointClaim: ~Copyable {
  private let path: String
  private let identity: FileIdentity?

  /// Claims a checkpoint.
  ///
  /// - Parameter path: The path of the checkpoint.
  /// - Throws: ``CheckpointError/locked(path:holder:)`` if somebody has claimed it, or
  ///   ``CheckpointError/cannotCreate(path:reason:)``.
  package init(for path: String) throws(CheckpointError) {
    let names = try CheckpointNames(of: path)
    let claim = names.path(of: names.claim)
    let descriptor = unsafe open(
      claim, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else {
      let code = errno
      guard code == EEXIST else {
        throw .cannotCreate(path: path, reason: "\(claim): \(systemError(code))")
      }
      throw .locked(path: path, holder: CheckpointClaim.holder(of: claim))
    }
    let text = Array("\(getpid()) \(CheckpointClaim.boot)\n".utf8)
    unsafe write(descriptor, text, text.count)
    identity = FileIdentity(of: descriptor)
    close(descriptor)
    self.path = claim
  }

  /// Whether the file is still there, and not one that another process has created since.
  package var isThere: Bool { FileIdentity(of: path) == identity }

  deinit { if isThere { unsafe unlink(path) } }

  /// Who is said to have created a claim.
  private static func holder(of claim: String) -> String {
    let words = text(of: claim).split(separator: " ")
    if words.count == 2, words[1] == boot, let process = pid_t(words[0]), process > 0,
      kill(process, 0) == 0 || errno == EPERM
    {
      return "process \(process)"
    }
    return "somebody who left '\(claim)' (remove it if nobody does, here or on another machine)"
  }

  /// What tells the time since this machine was started from all other times and machines.
  private static var boot: String { text(of: "/proc/sys/kernel/random/boot_id") }

  /// The first line of a file, as far as there is one.
  private static func text(of path: String) -> String {
    let bytes = (try? RegularFile(path).bytes(128, at: 0)) ?? []
    return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
  }
}
