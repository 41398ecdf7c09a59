import Files
import Glibc
import Synchronization

/// The right to train into a checkpoint, which one process has at a time.
///
/// It is a lock on the file `.ckpt.h5.lock` beside `ckpt.h5`; the system releases it when the
/// process ends, however it ends. The file stays. Readers need no lock. Where the file system has no locks, a
/// ``CheckpointClaim`` takes its place.
///
/// A lock file that somebody removes lets a second process in, which locks a new file. So the holder calls
/// ``confirm()`` before each save.
public final class CheckpointLock: Sendable {
  private let path: String
  private let lockPath: String
  private let held: Mutex<LockFile>

  /// Takes the lock.
  ///
  /// - Parameter path: The path of the checkpoint.
  /// - Throws: ``CheckpointError/locked(path:holder:)`` if another process has it, or
  ///   ``CheckpointError/cannotCreate(path:reason:)``.
  public init(for path: String) throws(CheckpointError) {
    let names = try CheckpointNames(of: path)
    self.path = path
    lockPath = names.path(of: names.lock)
    held = Mutex(try LockFile(lockPath, of: path))
  }

  /// Makes sure that this process still has the lock, and takes it again if its file is gone.
  ///
  /// - Throws: ``CheckpointError/locked(path:holder:)`` if another process has it now, or
  ///   ``CheckpointError/writing(path:reason:)`` if it cannot be taken again.
  public func confirm() throws(CheckpointError) {
    do throws(CheckpointError) {
      try held.withLock { held throws(CheckpointError) in
        guard !held.isNamed(lockPath) else { return }
        held = try LockFile(lockPath, of: path)
      }
    } catch {
      guard case .cannotCreate(_, let reason) = error else { throw error }
      throw .writing(path: path, reason: reason)
    }
  }
}

/// A lock file that this process has locked, or a claim in its place.
private struct LockFile: ~Copyable {
  private let descriptor: CInt
  private let claim: CheckpointClaim?

  /// Creates the file if it is not there, and locks it.
  init(_ lockPath: String, of path: String) throws(CheckpointError) {
    while true {
      let file = try LockFile(opening: lockPath, of: path)
      // Somebody may have removed it after it was opened: then the lock keeps nobody out.
      if file.isNamed(lockPath) {
        self = file
        break
      }
    }
    let process = Array("\(getpid())".utf8)
    ftruncate(descriptor, 0)
    unsafe pwrite(descriptor, process, process.count, 0)
  }

  private init(opening lockPath: String, of path: String) throws(CheckpointError) {
    let descriptor = unsafe open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else {
      throw .cannotCreate(path: path, reason: "\(lockPath): \(systemError())")
    }
    do throws(CheckpointError) {
      claim = try LockFile.lock(descriptor, of: path, named: lockPath)
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  /// Whether the file that is locked is still the one that others would try to lock.
  func isNamed(_ lockPath: String) -> Bool {
    switch claim {
    case .some(let claim): claim.isThere
    case .none: FileIdentity(of: lockPath) == FileIdentity(of: descriptor)
    }
  }

  /// Locks an open file.
  ///
  /// - Returns: What has to do in place of the lock; nil if the file is locked.
  private static func lock(
    _ descriptor: CInt, of path: String, named lockPath: String
  ) throws(CheckpointError) -> CheckpointClaim? {
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return nil }
    let code = errno
    switch code {
    case ENOLCK, EOPNOTSUPP, ENOSYS: return try CheckpointClaim(for: path)
    case EWOULDBLOCK: break
    default:
      throw .cannotCreate(path: path, reason: "\(lockPath) cannot be locked: \(systemError(code))")
    }
    var buffer = [UInt8](repeating: 0, count: 32)
    let count = unsafe pread(descriptor, &buffer, buffer.count, 0)
    let process = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    throw .locked(path: path, holder: process.isEmpty ? "another process" : "process \(process)")
  }

  deinit {
    // A child that is being started has the descriptor too, until it becomes another program: closing
    // ours would not be enough.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
