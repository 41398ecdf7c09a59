import Glibc
import Synchronization

/// Calls `body` with the path of a new empty directory, and removes the directory afterwards.
///
/// - Parameters:
///   - parent: The directory in which it is made.
///   - body: What to do with the directory.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws, or an ``IOError`` if the directory cannot be created.
public func withTemporaryDirectory<Result>(
  in parent: String = "/tmp", _ body: (_ directory: String) throws -> Result
) throws -> Result {
  let directory = try makeTemporaryDirectory(in: parent)
  defer { removeTree(directory) }
  return try body(directory)
}

/// Creates a directory that stays until the tests of the whole process have ended.
///
/// - Returns: The path of the directory.
/// - Throws: ``IOError`` if it cannot be created.
public func sharedTemporaryDirectory() throws -> String {
  let directory = try makeTemporaryDirectory()
  if sharedDirectories.withLock({
    $0.append(directory); return $0.count == 1
  }) {
    atexit { sharedDirectories.withLock { $0.forEach(removeTree) } }
  }
  return directory
}

private let sharedDirectories = Mutex<[String]>([])

private func makeTemporaryDirectory(in parent: String = "/tmp") throws -> String {
  var template = Array("\(parent)/cairn-tests-XXXXXX".utf8CString)
  guard unsafe mkdtemp(&template) != nil else { throw IOError("mkdtemp in \(parent)", errno) }
  return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// A system call that failed while a test was being set up.
public struct IOError: Error, CustomStringConvertible {
  /// The call, and what the system says about it.
  public let description: String

  /// Describes a failure.
  ///
  /// - Parameters:
  ///   - call: The call and what it was about.
  ///   - code: The value of `errno`.
  public init(_ call: String, _ code: Int32) {
    description = unsafe "\(call): \(String(cString: strerror(code)))"
  }
}
