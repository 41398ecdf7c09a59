import CheckpointStore
import Checkpoints
import Files
import Glibc

/// A regular file opened for reading and appending, and locked against other runs.
final class LogFile {
  /// A stamp that changes whenever the file changes.
  struct Stamp: Equatable {
    fileprivate var size: Int
    fileprivate let seconds: Int
    fileprivate let nanoseconds: Int
  }

  private let place: FilePlace
  private let descriptor: CInt

  /// Opens a file, or creates it durably.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``LogProblem/inUse`` or ``LogProblem/system(_:)``.
  init(_ path: String) throws(LogProblem) {
    place = FilePlace(of: path)
    var status = stat()
    let exists = unsafe stat(place.path, &status) == 0
    // Opening a device can have side effects, and opening a FIFO can block.
    guard !exists || status.st_mode & S_IFMT == S_IFREG else { throw LogFile.notRegular }
    descriptor = unsafe open(
      place.path, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw LogFile.failure }
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw LogFile.notRegular
    }
    // File systems without locks are accepted.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { throw .inUse }
    // Also for an existing file: its creator may have been killed before this point.
    try synchronizeFolder(of: place.path)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Whether the path still refers to this file.
  var isAtPath: Bool {
    FilePlace(descriptor: descriptor).map { FilePlace(of: place.path).isSame(as: $0) } ?? false
  }

  /// All bytes of the file.
  func content() throws(LogProblem) -> [UInt8] {
    try bytes(size(), at: 0)
  }

  /// The bytes from an offset on, fewer at the end of the file.
  func bytes(_ count: Int, at offset: Int) throws(LogProblem) -> [UInt8] {
    do throws(FileError) {
      return try RegularFile(duplicating: descriptor).bytes(count, at: offset)
    } catch {
      throw .system("\(error)")
    }
  }

  /// Removes the bytes from an offset on.
  func truncate(to size: Int) throws(LogProblem) {
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw LogFile.failure }
  }

  /// The current size of the file, in bytes.
  func size() throws(LogProblem) -> Int { try stamp().size }

  /// The current stamp of the file.
  func stamp() throws(LogProblem) -> Stamp {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw LogFile.failure }
    return Stamp(
      size: Int(status.st_size), seconds: status.st_ctim.tv_sec,
      nanoseconds: status.st_ctim.tv_nsec)
  }

  /// Appends bytes and synchronizes the file to the disk.
  ///
  /// - Returns: The new stamp, unless another process has appended meanwhile.
  func append(_ bytes: [UInt8]) throws(LogProblem) -> Stamp {
    let size = try stamp().size + bytes.count
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { buffer in
        unsafe write(descriptor, buffer.baseAddress, buffer.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw LogFile.failure }
      rest.removeFirst(count)
    }
    // Also without new bytes, because an earlier attempt may have failed here.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw LogFile.failure }
    var stamp = try stamp()
    stamp.size = size
    return stamp
  }

  /// Removes the name of the file.
  func remove() throws(LogProblem) {
    guard unsafe unlink(place.path) == 0 else { throw LogFile.failure }
  }

  /// Renames the file, so that a new one can take its place.
  ///
  /// - Parameter time: The time, which becomes part of the name.
  /// - Returns: The new path; `nil` if it cannot be renamed.
  func setAside(time: String) -> String? {
    CheckpointStore(path: place.path).setAside(place.path, time: time)
  }

  private static let notRegular = LogProblem.system("it is not a regular file")

  private static var failure: LogProblem { .system(systemError()) }
}
