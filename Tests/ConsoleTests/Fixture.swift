import Glibc
import Testing

/// Returns the text of a file in `Fixtures`.
func fixture(_ name: String, file: String = #filePath) throws -> String {
  let folder = file.prefix(upTo: try #require(file.lastIndex(of: "/")))
  let path = "\(folder)/Fixtures/\(name)"
  let descriptor = unsafe open(path, O_RDONLY)
  try #require(descriptor >= 0, "\(path) cannot be opened")
  defer { close(descriptor) }
  return String(decoding: readAll(descriptor), as: UTF8.self)
}

/// Returns all bytes up to the end of a file or pipe.
func readAll(_ descriptor: Int32) -> [UInt8] {
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = unsafe read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return bytes }
    bytes += buffer.prefix(count)
  }
}
