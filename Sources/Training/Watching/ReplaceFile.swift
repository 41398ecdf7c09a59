import Files
import Glibc

/// Replaces a file atomically.
///
/// - Parameters:
///   - name: The name of the file.
///   - folder: The descriptor of its open folder.
///   - bytes: The content.
/// - Throws: ``LogProblem/system(_:)``.
func replaceFile(_ name: String, in folder: CInt, by bytes: [UInt8]) throws(LogProblem) {
  let temporaryName = ".cairn-plot.part"
  let file = unsafe openat(
    folder, temporaryName, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o666)
  guard file >= 0 else { throw .system(systemError()) }
  defer { close(file) }
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = unsafe rest.withUnsafeBytes { buffer in
      unsafe write(file, buffer.baseAddress, buffer.count)
    }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { throw .system(systemError()) }
    rest.removeFirst(count)
  }
  guard fsync(file) == 0 || errno == EINVAL,
    unsafe renameat(folder, temporaryName, folder, name) == 0
  else { throw .system(systemError()) }
}
