internal import Glibc

/// Reads whole files into memory.
enum InputFile {
  /// Room for a photograph of 4096 x 4096 pixels, and a bound on what a file can make us allocate.
  static let maximumByteCount = 64 << 20

  /// The bytes of a regular file.
  static func contents(of path: String) throws(PNGError) -> [UInt8] {
    // O_NONBLOCK: opening a pipe without a writer must not wait for one.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw PNGError(.unreadable(systemMessage()), path: path) }
    defer { close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw PNGError(.unreadable(systemMessage()), path: path)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a pipe or a device"
      throw PNGError(.unreadable("it is \(kind), not a file"), path: path)
    }
    guard status.st_size <= maximumByteCount else { throw PNGError(.tooManyBytes, path: path) }

    // One more than the size: a file that grows meanwhile is read on, up to the limit.
    var bytes: [UInt8] = []
    while bytes.count <= maximumByteCount {
      let wanted = max(Int(status.st_size) - bytes.count, 0) + 1
      var count = 0
      let part = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initializedCount in
        repeat {
          count = read(descriptor, buffer.baseAddress, wanted)
        } while count < 0 && errno == EINTR
        initializedCount = max(count, 0)
      }
      guard count >= 0 else { throw PNGError(.unreadable(systemMessage()), path: path) }
      guard count > 0 else { return bytes }
      bytes = bytes.isEmpty ? part : bytes + part
    }
    throw PNGError(.tooManyBytes, path: path)
  }
}

/// The system's words for what went wrong last.
func systemMessage() -> String {
  String(cString: strerror(errno))
}
