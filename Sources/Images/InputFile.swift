internal import Files
internal import Glibc

/// Reads files into memory.
package enum InputFile {
  /// The maximum size of a file in bytes, which limits the memory that a file can make us allocate.
  ///
  /// A photograph of 50 million pixels is smaller.
  static let maximumByteCount = 256 << 20

  /// Returns the bytes of a regular file.
  package static func contents(of path: String) throws(ImageError) -> [UInt8] {
    let contents: [UInt8]?
    do throws(FileError) {
      contents = try RegularFile(path).contents(limit: maximumByteCount)
    } catch {
      throw ImageError(.unreadable("\(error)"), path: path)
    }
    guard let contents else { throw ImageError(.tooManyBytes, path: path) }
    return contents
  }

  /// Returns the bytes of standard input up to its end.
  static func standardInput() throws(ImageError) -> [UInt8] {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= maximumByteCount {
      let count = unsafe read(STDIN_FILENO, &part, part.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw ImageError(.unreadable(systemError()), path: "-") }
      guard count > 0 else { return bytes }
      bytes += part.prefix(count)
    }
    throw ImageError(.tooManyBytes, path: "-")
  }
}
