import CRanks
import Glibc

/// A file in memory with the bytes that another process has sent, to be opened by its path.
package final class MemoryFile {
  private let descriptor: Int32

  /// The path, which is valid in this process while the file lives.
  package var path: String { "/proc/self/fd/\(descriptor)" }

  /// Creates a file; `nil` if the system has no memory for it.
  ///
  /// - Parameter bytes: Its content.
  package init?(_ bytes: [UInt8]) {
    descriptor = cairn_memory_file()
    guard descriptor >= 0 else { return nil }
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { bytes in
        let start = unsafe bytes.baseAddress.map { unsafe $0 + written }
        return unsafe write(descriptor, start, bytes.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        close(descriptor)
        return nil
      }
      written += count
    }
  }

  deinit { close(descriptor) }
}
