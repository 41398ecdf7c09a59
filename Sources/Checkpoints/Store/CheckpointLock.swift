import Glibc

/// The right to train into a checkpoint, which one process has at a time.
///
/// It is a lock on the file `.ckpt.h5.lock` beside `ckpt.h5`; the system releases it when the
/// process ends, however it ends. The file stays. Readers need no lock.
public final class CheckpointLock: Sendable {
  private let descriptor: CInt

  /// Takes the lock.
  ///
  /// - Parameter path: The path of the checkpoint.
  /// - Throws: ``CheckpointError/locked(path:holder:)`` if another process has it, or
  ///   ``CheckpointError/cannotCreate(path:reason:)``.
  public init(for path: String) throws(CheckpointError) {
    let names = try CheckpointNames(of: path)
    let lockPath = names.path(of: names.lock)
    descriptor = unsafe open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else {
      throw .cannotCreate(path: path, reason: "\(lockPath): \(systemError())")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      defer { close(descriptor) }
      guard code == EWOULDBLOCK else {
        throw .cannotCreate(
          path: path, reason: "\(lockPath) cannot be locked: \(systemError(code))")
      }
      var buffer = [UInt8](repeating: 0, count: 32)
      let count = unsafe pread(descriptor, &buffer, buffer.count, 0)
      let process = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
      throw .locked(path: path, holder: process.isEmpty ? "another process" : "process \(process)")
    }
    let process = Array("\(getpid())".utf8)
    ftruncate(descriptor, 0)
    unsafe pwrite(descriptor, process, process.count, 0)
  }

  deinit {
    // A child that is being started has the descriptor too, until it becomes another program: closing
    // ours would not be enough.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
