import Files
import Glibc
import Synchronization

/// An exclusive lock on a checkpoint for the process that trains it.
///
/// It locks the file `.ckpt.h5.lock` beside `ckpt.h5`. The system releases the lock when the
/// process ends for any reason; the file remains. Readers need no lock. On file systems without
/// locks, a file beside the checkpoint is used instead.
///
/// If the lock file is removed, a second process can create and lock a new one. The holder
/// therefore calls ``confirm()`` before each save.
///
/// ```swift
/// let lock = try CheckpointLock(for: path)  // throws if another process trains here
/// try lock.confirm()
/// try Checkpoint(model: model).save(to: path)
/// ```
public final class CheckpointLock: Sendable {
  private let path: String
  private let lockPath: String
  private let held: Mutex<LockFile>

  /// Takes the lock.
  ///
  /// - Parameter path: The path of the checkpoint.
  /// - Throws: ``StoreError/locked(path:holder:)`` if another process holds it, or
  ///   ``StoreError/cannotCreate(path:reason:)``.
  public init(for path: String) throws(StoreError) {
    let names = try CheckpointNames(of: path)
    self.path = path
    lockPath = names.path(of: names.lock)
    held = Mutex(try LockFile(lockPath, of: path))
  }

  /// Confirms that this process still holds the lock, and takes it again if its file was removed.
  ///
  /// - Throws: ``StoreError/locked(path:holder:)`` if another process now holds it, or
  ///   ``StoreError/writing(path:reason:)`` if it cannot be taken again.
  public func confirm() throws(StoreError) {
    do throws(StoreError) {
      try held.withLock { held throws(StoreError) in
        guard !held.isNamed(lockPath) else { return }
        held = try LockFile(lockPath, of: path)
      }
    } catch {
      guard case .cannotCreate(_, let reason) = error else { throw error }
      throw .writing(path: path, reason: reason)
    }
  }
}

extension CheckpointStore {
  /// Takes the lock of the path if there is a lock file; without one, no process holds it.
  ///
  /// - Throws: ``StoreError/locked(path:holder:)`` if another process holds it.
  package func lockIfHeldBefore() throws(StoreError) -> CheckpointLock? {
    let names = try CheckpointNames(of: path)
    guard unsafe access(names.path(of: names.lock), F_OK) == 0 else { return nil }
    return try CheckpointLock(for: path)
  }
}

/// A lock file locked by this process, or a claim as its substitute.
private struct LockFile: ~Copyable {
  private let descriptor: CInt
  private let claim: CheckpointClaim?

  /// Creates the file if it does not exist, and locks it.
  init(_ lockPath: String, of path: String) throws(StoreError) {
    while true {
      let file = try LockFile(opening: lockPath, of: path)
      // If the file was removed after it was opened, its lock excludes no other process.
      if file.isNamed(lockPath) {
        self = file
        break
      }
    }
    let process = Array(ProcessOfMachine.current.line.utf8)
    ftruncate(descriptor, 0)
    unsafe pwrite(descriptor, process, process.count, 0)
  }

  private init(opening lockPath: String, of path: String) throws(StoreError) {
    let descriptor = unsafe open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else {
      throw .cannotCreate(path: path, reason: "\(lockPath): \(systemError())")
    }
    do throws(StoreError) {
      claim = try LockFile.lock(descriptor, of: path, named: lockPath)
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  /// Whether the locked file is still the one at its path, which other processes would lock.
  func isNamed(_ lockPath: String) -> Bool {
    switch claim {
    case .some(let claim): claim.isThere
    case .none: FileIdentity(of: lockPath) == FileIdentity(of: descriptor)
    }
  }

  /// Locks an open file.
  ///
  /// - Returns: The claim that substitutes the lock; `nil` if the file is locked.
  private static func lock(
    _ descriptor: CInt, of path: String, named lockPath: String
  ) throws(StoreError) -> CheckpointClaim? {
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return nil }
    let code = errno
    switch code {
    case ENOLCK, EOPNOTSUPP, ENOSYS: return try CheckpointClaim(for: path)
    case EWOULDBLOCK: break
    default:
      throw .cannotCreate(path: path, reason: "\(lockPath) cannot be locked: \(systemError(code))")
    }
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = unsafe pread(descriptor, &buffer, buffer.count, 0)
    let line = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    throw .locked(path: path, holder: ProcessOfMachine(line).map(LockHolder.init) ?? .unknown)
  }

  deinit {
    // Unlock explicitly, because closing is not enough: a child process has a copy of the
    // descriptor between `fork` and `exec`.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
