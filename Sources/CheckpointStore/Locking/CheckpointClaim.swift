import Files
import Glibc

/// A substitute for the lock on file systems without locks, such as some network mounts.
///
/// It is a file that only one process can create: `.ckpt.h5.claim` beside `ckpt.h5`, which contains
/// the process and its machine.
///
/// The system does not remove it when its process is killed. A later process must not remove it
/// either: the holder may run on another machine, or two processes may decide to do so at the same
/// time. Instead, the error names the file to remove.
package struct CheckpointClaim: ~Copyable {
  private let path: String
  private let identity: FileIdentity?

  /// Creates the claim of a checkpoint.
  ///
  /// - Parameter path: The path of the checkpoint.
  /// - Throws: ``StoreError/locked(path:holder:)`` if the claim exists, or
  ///   ``StoreError/cannotCreate(path:reason:)``.
  package init(for path: String) throws(StoreError) {
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
    let text = Array("\(ProcessOfMachine.current.line)\n".utf8)
    unsafe write(descriptor, text, text.count)
    identity = FileIdentity(of: descriptor)
    close(descriptor)
    self.path = claim
  }

  /// Whether the file still exists and has not been replaced by another process's claim.
  package var isThere: Bool { FileIdentity(of: path) == identity }

  deinit { if isThere { unsafe unlink(path) } }

  /// The holder of a claim, according to its file.
  private static func holder(of claim: String) -> LockHolder {
    guard let holder = ProcessOfMachine(ProcessOfMachine.text(of: claim)) else {
      return .claim(path: claim)
    }
    if holder.isHere, kill(holder.process, 0) == 0 || errno == EPERM {
      return .process(holder.process)
    }
    let isElsewhere = holder.host != ProcessOfMachine.current.host
    return .claim(path: claim, host: isElsewhere ? holder.host : nil)
  }
}
