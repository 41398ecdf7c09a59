import Files
import Glibc

/// The folder that checkpoints are saved in.
///
/// All that is done to files in it is done through its descriptor: neither a change of the working
/// directory nor a folder that takes its name leads a save astray.
final class Folder {
  let descriptor: CInt

  /// Opens the folder of some names.
  ///
  /// - Parameters:
  ///   - names: The names.
  ///   - target: The path that errors speak of.
  /// - Throws: ``CheckpointError/cannotCreate(path:reason:)`` if there is none.
  init(of names: CheckpointNames, for target: String) throws(CheckpointError) {
    descriptor = unsafe open(names.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .cannotCreate(path: target, reason: "the folder '\(names.folder)': \(systemError())")
    }
  }

  deinit { _ = close(descriptor) }

  /// Creates an empty file with a name of its own.
  ///
  /// - Parameters:
  ///   - prefix: What the name begins with.
  ///   - name: The file that it will replace, whose permissions it gets, if there is one.
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
      // Permissions that cannot be had are no reason to lose a checkpoint.
      _ = fchmod(file, status.st_mode & 0o777)
    }
    return TemporaryFile(folder: self, name: temporary, descriptor: file)
  }

  /// Gives a file another name, in one instant also where the name is taken.
  ///
  /// - Parameters:
  ///   - name: The file.
  ///   - newName: The name that it gets besides.
  ///   - temporary: A name that is free, for use in between.
  /// - Throws: ``SystemFailure``; then the other name is what it was.
  func link(
    _ name: String, as newName: String, through temporary: String
  ) throws(SystemFailure) {
    if unsafe linkat(descriptor, name, descriptor, newName, 0) == 0 { return }
    guard errno == EEXIST else { throw SystemFailure() }
    guard unsafe linkat(descriptor, name, descriptor, temporary, 0) == 0 else {
      throw SystemFailure()
    }
    // Two names of one file: renaming one onto the other changes nothing, and leaves both.
    defer { unsafe unlinkat(descriptor, temporary, 0) }
    try rename(temporary, to: newName)
  }

  /// Puts a file in the place of another.
  func rename(_ name: String, to newName: String) throws(SystemFailure) {
    guard unsafe renameat(descriptor, name, descriptor, newName) == 0 else { throw SystemFailure() }
  }

  /// Brings the names in the folder to the disk.
  func synchronize() throws(SystemFailure) {
    // Some file systems cannot, and say so with EINVAL; then there is nothing to do.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw SystemFailure(subject: "the folder")
    }
  }

  /// The names in the folder for which a condition holds, in order.
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

  /// Whether a name is that of a regular file, or of nothing.
  func isFree(_ name: String) -> Bool {
    var status = stat()
    guard unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return true }
    return status.st_mode & S_IFMT == S_IFREG
  }

  /// Whether two folders are on one file system.
  func isOnDisk(of other: Folder) -> Bool {
    var (own, others) = (stat(), stat())
    return unsafe fstat(descriptor, &own) == 0 && fstat(other.descriptor, &others) == 0
      && own.st_dev == others.st_dev
  }

  /// Removes a file.
  ///
  /// - Returns: Whether it is gone.
  @discardableResult
  func remove(_ name: String) -> Bool { unsafe unlinkat(descriptor, name, 0) == 0 }

  /// How many bytes can still be written in the file system; `nil` if it does not say.
  var freeBytes: Int? {
    var status = statvfs()
    guard unsafe fstatvfs(descriptor, &status) == 0 else { return nil }
    return Int(exactly: status.f_bavail).flatMap { blocks in
      let (bytes, overflow) = blocks.multipliedReportingOverflow(by: Int(status.f_frsize))
      return overflow ? nil : bytes
    }
  }
}
