import Glibc

/// Calls `body` with the path of a new empty directory, and removes the directory afterwards.
///
/// - Parameter body: What to do with the directory.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws, or an ``IOError`` if the directory cannot be created.
public func withTemporaryDirectory<Result>(
  _ body: (_ directory: String) throws -> Result
) throws -> Result {
  var template = Array("/tmp/cairn-tests-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { throw IOError("mkdtemp", errno) }
  let directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  defer { removeTree(directory) }
  return try body(directory)
}

/// A system call that failed while a test was being set up.
public struct IOError: Error, CustomStringConvertible {
  /// The call, and what the system says about it.
  public let description: String

  init(_ call: String, _ code: Int32) {
    description = "\(call): \(String(cString: strerror(code)))"
  }
}

private func removeTree(_ path: String) {
  if let folder = opendir(path) {
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name != ".", name != ".." else { continue }
      // Symbolic links are removed, not followed.
      if entry.pointee.d_type == DT_DIR {
        removeTree("\(path)/\(name)")
      } else {
        unlink("\(path)/\(name)")
      }
    }
  }
  rmdir(path)
}
