import Glibc
import SystemPaths

/// A regular file that is open for reading at any place.
struct ArchiveFile: ~Copyable {
  /// The number of bytes when the file was opened.
  let size: Int

  private let descriptor: CInt

  init(path: String) throws(ZipError.Cause) {
    guard !path.utf8.contains(0) else { throw .fileNotFound("the path contains a zero byte") }
    // Without O_NONBLOCK, opening a named pipe would wait for somebody to write.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else {
      let code = errno
      let reason = String(cString: strerror(code))
      throw code == ENOENT || code == ENOTDIR ? .fileNotFound(reason) : .fileUnreadable(reason)
    }
    try self.init(owning: descriptor)
  }

  /// Takes a file that is open already, under a descriptor of its own.
  init(duplicating descriptor: CInt) throws(ZipError.Cause) {
    let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard own >= 0 else { throw .fileUnreadable(String(cString: strerror(errno))) }
    try self.init(owning: own)
  }

  private init(owning descriptor: CInt) throws(ZipError.Cause) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .fileUnreadable("it is not a regular file")
    }
    size = Int(status.st_size)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Reads bytes until `buffer` is full.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(ZipError.Cause) {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .fileUnreadable(String(cString: strerror(errno))) }
      guard count > 0 else { throw .damaged("the file ends too early") }
      filled += count
    }
  }

  /// Reads the bytes of a range, which must be in the file.
  func bytes(_ range: Range<Int>) throws(ZipError.Cause) -> [UInt8] {
    guard range.lowerBound >= 0, range.upperBound <= size else {
      throw .damaged("a record lies outside of the file")
    }
    var failure: ZipError.Cause?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      do throws(ZipError.Cause) {
        try read(
          into: UnsafeMutableRawBufferPointer(
            UnsafeMutableBufferPointer(rebasing: buffer[..<range.count])),
          at: range.lowerBound)
        count = range.count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
