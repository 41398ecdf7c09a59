import Glibc
import SystemPaths

/// The bytes of a file that is not HDF5.
package enum FileBytes {
  /// The first bytes of a regular file.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - limit: The most bytes that are read.
  /// - Returns: The bytes; none if the file cannot be read.
  package static func head(of path: String, limit: Int = 512) -> [UInt8] {
    guard !path.utf8.contains(0) else { return [] }
    // A path that has become a pipe meanwhile must not block.
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return [] }
    var bytes = [UInt8](repeating: 0, count: min(limit, Int(status.st_size)))
    var filled = 0
    while filled < bytes.count {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(file, buffer.baseAddress?.advanced(by: filled), buffer.count - filled, filled)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      filled += count
    }
    return Array(bytes.prefix(filled))
  }
}
