internal import Glibc

/// The look at a file before libhdf5 gets to see it.
enum RegularFile {
  /// The size and the header of the file at `path`.
  ///
  /// Opening a FIFO or a device may block or have effects; `O_NONBLOCK` and the look at the file's
  /// type keep libhdf5 from ever doing so.
  ///
  /// - Throws: The cause, when there is no readable regular file there or it is not whole.
  static func examine(_ path: String) throws(HDF5Error.Cause) -> (size: Int, Superblock) {
    guard !path.utf8.contains(0) else { throw .fileNotFound("the path contains a zero byte") }
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else {
      let code = errno
      let reason = String(cString: strerror(code))
      throw code == ENOENT || code == ENOTDIR ? .fileNotFound(reason) : .fileUnreadable(reason)
    }
    defer { close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .fileUnreadable(String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .fileUnreadable("it is \(kind(status.st_mode)), not a regular file")
    }
    let size = Int(status.st_size)
    let superblock = try Superblock.find(fileSize: size) { offset throws(HDF5Error.Cause) in
      try read(descriptor, at: offset)
    }
    return (size, superblock)
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

  /// Up to as many bytes as a header may need, from `offset` on.
  private static func read(
    _ descriptor: Int32, at offset: Int
  ) throws(HDF5Error.Cause) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: Superblock.headSize) { buffer, count in
      let result = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
      failure = result < 0 ? errno : 0
      count = max(0, result)
    }
    guard failure == 0 else { throw .fileUnreadable(String(cString: strerror(failure))) }
    return bytes
  }
}
