internal import Glibc
internal import SystemPaths

/// Reads whole files into memory.
enum InputFile {
  /// Room for a photograph of 50 million pixels, and a bound on what a file can make us allocate.
  static let maximumByteCount = 256 << 20

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

    // The size is a promise that a growing file or one of /proc does not keep: read to the end.
    return try rest(of: descriptor, expecting: Int(status.st_size), named: path)
  }

  /// The bytes that can still be read from a descriptor.
  static func rest(
    of descriptor: CInt, expecting size: Int = 0, named path: String
  ) throws(PNGError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size + 1)
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= maximumByteCount {
      let count = read(descriptor, &part, part.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw PNGError(.unreadable(systemMessage()), path: path) }
      guard count > 0 else { return bytes }
      bytes += part.prefix(count)
    }
    throw PNGError(.tooManyBytes, path: path)
  }
}

/// The system's words for what went wrong last.
func systemMessage() -> String {
  String(cString: strerror(errno))
}
