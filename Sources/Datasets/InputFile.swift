import Glibc
import SystemPaths

/// A regular file opened for reading.
struct InputFile: ~Copyable {
  let path: String

  /// The number of bytes when the file was opened.
  let count: Int

  private let descriptor: CInt

  init(path: String) throws(DatasetError) {
    // Without O_NONBLOCK, opening a named pipe would block until it has a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw .unreadable(path: path, reason: reason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .unreadable(path: path, reason: "it is not a regular file")
    }
    self.path = path
    self.count = Int(status.st_size)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Reads until `buffer` is full or the file ends, and returns the number of bytes read.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = Glibc.read(descriptor, rest.baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw .unreadable(path: path, reason: String(cString: strerror(errno)))
      }
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// Whether the file starts with the magic number of gzip; does not change the read position.
  func startsWithGzipMagic() throws(DatasetError) -> Bool {
    var magic: (UInt8, UInt8) = (0, 0)
    let count = pread(descriptor, &magic, 2, 0)
    guard count >= 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    return count == 2 && magic == (0x1f, 0x8b)
  }
}
