import Files
import Glibc

/// The folder of the checkpoints.
///
/// All file operations use its descriptor, so that neither a change of the working directory nor a
/// new folder of the same name can misdirect a save.
final class Folder {
  let descriptor: CInt

  /// Opens the folder of a run's files.
  ///
  /// - Parameters:
  ///   - names: The names of the run's files.
  ///   - target: The path to name in errors.
  /// - Throws: ``StoreError/cannotCreate(path:reason:)`` if it cannot be opened.
  init(of names: CheckpointNames, for target: String) throws(StoreError) {
    descriptor = unsafe open(names.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .cannotCreate(path: target, reason: "the folder '\(names.folder)': \(systemError())")
    }
  }

  deinit { _ = close(descriptor) }

  /// Creates an empty file with a unique name.
  ///
  /// - Parameters:
  ///   - prefix: The prefix of the name.
  ///   - name: The file that it will replace; if that exists, the new file gets its permissions.
  /// - Returns: The file, open for writing.
  /// - Throws: ``SystemFailure``.
  func createTemporary(
    prefix: String, replacing name: String
  ) throws(SystemFailure) -> TemporaryFile {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    let suffix = String(repeating: "0", count: 16 - digits.count) + digits
    let temporary = "\(prefix)\(getpid())-\(suffix)"
    let file = unsafe openat(
      descriptor, temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw SystemFailure() }
    var status = stat()
    if unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 {
      // Ignore failures: a checkpoint with other permissions is better than none.
      _ = fchmod(file, status.st_mode & 0o777)
    }
    return TemporaryFile(folder: self, name: temporary, descriptor: file)
  }

  /// Creates a hard link atomically, also if the new name exists.
  ///
  /// - Parameters:
  ///   - name: The file.
  ///   - newName: The additional name.
  ///   - temporary: An unused name for the intermediate link.
  /// - Throws: ``SystemFailure``; the new name is then unchanged.
  func link(
    _ name: String, as newName: String, through temporary: String
  ) throws(SystemFailure) {
    if unsafe linkat(descriptor, name, descriptor, newName, 0) == 0 { return }
    guard errno == EEXIST else { throw SystemFailure() }
    guard unsafe linkat(descriptor, name, descriptor, temporary, 0) == 0 else {
      throw SystemFailure()
    }
    // If both names are links to the same file, `rename` does nothing and leaves both.
    defer { unsafe unlinkat(descriptor, temporary, 0) }
    try rename(temporary, to: newName)
  }

  /// Renames a file, replacing another one atomically.
  func rename(_ name: String, to newName: String) throws(SystemFailure) {
    guard unsafe renameat(descriptor, name, descriptor, newName) == 0 else { throw SystemFailure() }
  }

  /// Synchronizes the entries of the folder to the disk.
  func synchronize() throws(SystemFailure) {
    // Some file systems do not support this and return EINVAL; ignore that.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw SystemFailure(subject: "the folder")
    }
  }

  /// The names in the folder that satisfy a condition, sorted.
  func names(where condition: (String) -> Bool) -> [String] {
    let copy = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0 else { return [] }
    guard let stream = unsafe fdopendir(copy) else {
      close(copy)
      return []
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe pathText($0)
        }
      }
      if condition(name) { names.append(name) }
    }
    return names.sorted()
  }

  /// Whether a name is unused or that of a regular file.
  func isFree(_ name: String) -> Bool {
    var status = stat()
    guard unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return true }
    return status.st_mode & S_IFMT == S_IFREG
  }

  /// Whether two folders are on the same file system.
  func isOnDisk(of other: Folder) -> Bool {
    var (own, others) = (stat(), stat())
    return unsafe fstat(descriptor, &own) == 0 && fstat(other.descriptor, &others) == 0
      && own.st_dev == others.st_dev
  }

  /// Removes a file.
  ///
  /// - Returns: Whether the file was removed.
  @discardableResult
  func remove(_ name: String) -> Bool { unsafe unlinkat(descriptor, name, 0) == 0 }

  /// The free space of the file system, in bytes; `nil` if it is unknown.
  var freeBytes: Int? {
    var status = statvfs()
    guard unsafe fstatvfs(descriptor, &status) == 0 else { return nil }
    return Int(exactly: status.f_bavail).flatMap { blocks in
      let (bytes, overflow) = blocks.multipliedReportingOverflow(by: Int(status.f_frsize))
      return overflow ? nil : bytes
    }
  }
}
