import CSandbox
import Glibc

/// A file without a name, in memory, that gets the bytes of each input.
struct MemoryFile: ~Copyable {
  let descriptor: CInt

  /// A path by which this process can open the file.
  var path: String { "/proc/self/fd/\(descriptor)" }

  init(_ bytes: [UInt8]) {
    descriptor = csandbox_memory(bytes.count)
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes[done...].withUnsafeBytes {
        unsafe write(descriptor, $0.baseAddress, $0.count)
      }
      expect(count > 0, "the input cannot be written")
      done += count
    }
    lseek(descriptor, 0, SEEK_SET)
  }

  deinit { close(descriptor) }
}
