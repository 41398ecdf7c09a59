internal import Glibc
internal import SystemPaths

/// A regular file on the disk, open for reading.
///
/// It is opened once and read through that descriptor alone: a file that is replaced meanwhile is read to
/// its end as it was, and whatever is found out about it holds for what is read.
public final class DiskFile: FileSource {
  /// The size when it was opened, in bytes.
  public let size: Int

  /// What tells the file from every other: its device and its number there.
  public let identity: Identity

  /// The descriptor, which is open for as long as the object lives.
  public let descriptor: Int32

  /// A file, whatever its names.
  public struct Identity: Hashable, Sendable {
    let device: UInt64
    let number: UInt64
  }

  /// Opens the file at a path.
  ///
  /// Opening a FIFO or a device may block or have effects; `O_NONBLOCK` and the look at the file's
  /// type keep that from happening.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``HDF5Error/Cause/fileNotFound(_:)`` or ``HDF5Error/Cause/fileUnreadable(_:)``.
  public init(_ path: String) throws(HDF5Error.Cause) {
    guard !path.utf8.contains(0) else { throw .fileNotFound("the path contains a zero byte") }
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else {
      let code = errno
      let reason = String(cString: strerror(code))
      throw code == ENOENT || code == ENOTDIR ? .fileNotFound(reason) : .fileUnreadable(reason)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      defer { close(descriptor) }
      throw .fileUnreadable(String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .fileUnreadable("it is \(DiskFile.kind(status.st_mode)), not a regular file")
    }
    self.descriptor = descriptor
    size = Int(status.st_size)
    identity = Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
  }

  deinit { close(descriptor) }

  /// Fills a buffer with the bytes from `offset` on.
  ///
  /// - Throws: ``HDF5Error/Cause/fileUnreadable(_:)`` if the system cannot read them, or the file was
  ///   cut off since it was opened.
  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(HDF5Error.Cause) {
    var filled = 0
    while filled < buffer.count {
      let count = pread(
        descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled,
        off_t(offset + filled))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .fileUnreadable(String(cString: strerror(errno))) }
      guard count > 0 else {
        throw .truncated(bytes: offset + filled, expected: size)
      }
      filled += count
    }
  }

  private static func kind(_ mode: mode_t) -> String {
    switch mode & S_IFMT {
    case S_IFDIR: "a directory"
    case S_IFIFO: "a FIFO"
    case S_IFCHR, S_IFBLK: "a device"
    case S_IFSOCK: "a socket"
    default: "something else"
    }
  }
}
