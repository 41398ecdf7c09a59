import Glibc
import HDF5

/// The folder of a file that is being replaced.
final class Folder {
  fileprivate let descriptor: CInt
  private let path: String
  private let target: String

  /// Opens the folder that a path lies in.
  init(of target: String) throws(CheckpointError) {
    self.target = target
    guard let name = target.split(separator: "/").last, !target.hasSuffix("/") else {
      throw .cannotCreate(path: target, reason: "the path does not name a file")
    }
    let parent = target.dropLast(name.count)
    path = parent.isEmpty ? "." : String(parent)
    descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .cannotCreate(path: target, reason: "the folder '\(path)': \(systemError())")
    }
  }

  deinit { _ = close(descriptor) }

  /// Creates an empty file with a name of its own beside the target.
  func createTemporary(for name: String) throws(CheckpointError) -> TemporaryFile {
    let suffix = String(UInt64.random(in: .min ... .max), radix: 16)
    let temporary = ".\(name).tmp-\(getpid())-\(suffix)"
    let file = unsafe openat(
      descriptor, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw .cannotCreate(path: target, reason: systemError()) }
    return TemporaryFile(folder: self, name: temporary, descriptor: file, target: target)
  }

  /// Brings the names in the folder to the disk.
  func synchronize() throws(CheckpointError) {
    // Some file systems cannot, and say so with EINVAL; then there is nothing to do.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw .writing(path: target, reason: "the folder: \(systemError())")
    }
  }

  /// The names in the folder for which a condition holds, in order.
  func names(where condition: (String) -> Bool) -> [String] {
    guard let stream = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if condition(name) { names.append(name) }
    }
    return names.sorted()
  }

  /// Removes files; one that cannot be removed stays.
  func remove(_ names: some Sequence<String>) {
    for name in names { unsafe unlinkat(descriptor, name, 0) }
  }
}

/// A file that is being written beside the one that it will replace.
struct TemporaryFile {
  let folder: Folder
  let name: String
  let descriptor: CInt
  let target: String

  /// Reserves the space for all bytes: so a full disk is found before one is written.
  func reserve(_ count: Int) throws(CheckpointError) {
    let reserved = posix_fallocate(descriptor, 0, count)
    guard reserved == 0 || reserved == EOPNOTSUPP || reserved == EINVAL else {
      throw .writing(path: target, reason: systemError(reserved))
    }
  }

  /// Writes bytes after those that were written before.
  func write(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
    var rest = unsafe bytes
    while unsafe !rest.isEmpty {
      let written = unsafe Glibc.write(descriptor, rest.baseAddress, min(rest.count, 1 << 20))
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw failure() }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
  }

  /// Writes bytes after those that were written before.
  func write(_ bytes: [UInt8]) throws(CheckpointError) {
    try unsafe bytes.span.bytes.withUnsafeBytes { bytes throws(CheckpointError) in
      try unsafe write(bytes)
    }
  }

  /// Writes a whole file and brings it to the disk.
  func write(_ image: borrowing FileImage) throws(CheckpointError) {
    try reserve(image.count)
    try unsafe image.withUnsafeBytes { bytes throws(CheckpointError) in
      try unsafe write(bytes)
    }
    try synchronize()
  }

  /// Brings what was written to the disk.
  func synchronize() throws(CheckpointError) {
    guard fsync(descriptor) == 0 else { throw failure() }
  }

  /// Gives the file another name, replacing an older file of that name.
  func link(as newName: String) throws(CheckpointError) {
    unsafe unlinkat(folder.descriptor, newName, 0)
    guard unsafe linkat(folder.descriptor, name, folder.descriptor, newName, 0) == 0 else {
      throw failure()
    }
  }

  /// Puts the file in the place of another and closes it.
  func rename(to newName: String) throws(CheckpointError) {
    // Closed only when nothing can fail any more: ``remove()`` would close it once more, and the
    // number may be somebody else's by then.
    guard unsafe renameat(folder.descriptor, name, folder.descriptor, newName) == 0 else {
      throw failure()
    }
    close(descriptor)
  }

  /// Closes and removes the file.
  func remove() {
    close(descriptor)
    unsafe unlinkat(folder.descriptor, name, 0)
  }

  private func failure() -> CheckpointError { .writing(path: target, reason: systemError()) }
}

/// The system's words for what went wrong in the last call.
func systemError(_ code: CInt = errno) -> String { unsafe String(cString: strerror(code)) }
