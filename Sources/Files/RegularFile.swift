import Glibc

/// A regular file that is open for reading.
///
/// It is opened once and read only through that descriptor. If the path is replaced meanwhile, the
/// old file is still read.
package struct RegularFile: ~Copyable, Sendable {
  /// The size when the file was opened, in bytes; 0 for files of `/proc`.
  package let size: Int

  /// The identity of the file, which is the same for all its names.
  package let identity: Identity

  /// The file descriptor, which is open as long as the value exists.
  package let descriptor: CInt

  /// The device and inode number of a file.
  package struct Identity: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64

    fileprivate init(_ status: stat) {
      device = UInt64(status.st_dev)
      number = UInt64(status.st_ino)
    }
  }

  /// Opens the file at a path.
  ///
  /// Opening a FIFO without a writer would block, opening a terminal could make it the controlling
  /// one, and opening a device can have effects; the flags and the check of the type prevent that.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - followsLink: Whether the path may be a symbolic link.
  /// - Throws: ``FileError/notFound(_:)`` or ``FileError/unreadable(_:)``.
  package init(_ path: String, followsLink: Bool = true) throws(FileError) {
    guard !path.utf8.contains(0) else { throw .notFound("the path contains a zero byte") }
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (followsLink ? 0 : O_NOFOLLOW)
    let descriptor = unsafe open(path, flags)
    guard descriptor >= 0 else {
      let code = errno
      if code == ELOOP, !followsLink { throw .unreadable("it is a symbolic link") }
      let reason = systemError(code)
      throw code == ENOENT || code == ENOTDIR ? .notFound(reason) : .unreadable(reason)
    }
    try self.init(owning: descriptor)
  }

  /// Duplicates the descriptor of an open file.
  ///
  /// - Parameter descriptor: The open file, which stays open.
  /// - Throws: ``FileError/unreadable(_:)``.
  package init(duplicating descriptor: CInt) throws(FileError) {
    let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard own >= 0 else { throw .unreadable(systemError()) }
    try self.init(owning: own)
  }

  private init(owning descriptor: CInt) throws(FileError) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let reason = systemError()
      close(descriptor)
      throw .unreadable(reason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .unreadable("it is \(RegularFile.kind(status.st_mode)), not a regular file")
    }
    size = Int(status.st_size)
    identity = Identity(status)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Fills a buffer with the bytes from `offset`, or with those up to the end of the file.
  ///
  /// - Parameters:
  ///   - buffer: The memory to fill.
  ///   - offset: The offset of the first byte.
  /// - Returns: The number of bytes, smaller than the buffer only at the end of the file.
  /// - Throws: ``FileError/unreadable(_:)``.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(FileError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = unsafe pread(
        descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled,
        off_t(offset + filled))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(systemError()) }
      guard count > 0 else { break }
      filled += count
    }
    return filled
  }

  /// Reads up to `count` bytes from `offset`; fewer at the end of the file.
  ///
  /// - Parameters:
  ///   - count: The number of bytes.
  ///   - offset: The offset of the first byte.
  /// - Returns: The bytes.
  /// - Throws: ``FileError/unreadable(_:)``.
  package func bytes(_ count: Int, at offset: Int) throws(FileError) -> [UInt8] {
    try unsafe [UInt8](unsafeUninitializedCapacity: count) { (buffer, filled) throws(FileError) in
      filled = try unsafe read(
        into: UnsafeMutableRawBufferPointer(
          UnsafeMutableBufferPointer(rebasing: buffer[..<count])), at: offset)
    }
  }

  /// Reads the whole file, which may have grown since it was opened.
  ///
  /// - Parameter limit: The maximum number of bytes.
  /// - Returns: The bytes; `nil` if there are more than the limit.
  /// - Throws: ``FileError/unreadable(_:)``.
  package func contents(limit: Int) throws(FileError) -> [UInt8]? {
    guard size <= limit else { return nil }
    var part = try bytes(size + 1, at: 0)
    // The file has the size that was reported, unlike files in /proc, whose size is 0.
    if part.count <= size { return part }
    var contents: [UInt8] = []
    while !part.isEmpty, contents.count <= limit {
      contents += part
      part = try bytes(1 << 16, at: contents.count)
    }
    return contents.count <= limit ? contents : nil
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
