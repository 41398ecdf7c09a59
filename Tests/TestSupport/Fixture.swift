import Glibc

/// The path of the folder that contains Package.swift.
public let packageDirectory = #filePath.split(separator: "/", omittingEmptySubsequences: false)
  .dropLast(3).joined(separator: "/")

/// The path of a fixture in the folder `Fixtures` beside the file of the test.
///
/// - Parameters:
///   - name: The name of the fixture.
///   - testFile: The file of the test; leave it out.
/// - Returns: The path of the fixture.
public func fixture(_ name: String, testFile: String = #filePath) -> String {
  let folder = testFile.split(separator: "/", omittingEmptySubsequences: false).dropLast()
  return folder.joined(separator: "/") + "/Fixtures/" + name
}

/// The path of a fixture of another test target.
///
/// - Parameters:
///   - name: The name of the fixture.
///   - target: The test target, such as `CheckpointsTests`.
/// - Returns: The path of the fixture.
public func fixture(_ name: String, of target: String) -> String {
  "\(packageDirectory)/Tests/\(target)/Fixtures/\(name)"
}

/// The bytes of a file.
///
/// - Parameter path: The path of the file.
/// - Returns: Its bytes.
/// - Throws: ``IOError`` if it cannot be read.
public func readBytes(_ path: String) throws -> [UInt8] {
  guard let file = unsafe fopen(path, "rb") else { throw IOError("open \(path)", errno) }
  defer { unsafe fclose(file) }
  // To the end, because the files of /proc do not tell their size.
  var bytes: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 1 << 20)
  while case let count = unsafe fread(&part, 1, part.count, file), count > 0 {
    bytes += part[..<count]
  }
  guard unsafe ferror(file) == 0 else { throw IOError("read \(path)", errno) }
  return bytes
}

/// The text of a file in UTF-8.
///
/// - Parameter path: The path of the file.
/// - Returns: Its text.
/// - Throws: ``IOError`` if it cannot be read.
public func readText(_ path: String) throws -> String {
  String(decoding: try readBytes(path), as: UTF8.self)
}

/// Whether a file has just these bytes; unlike them, the answer fits into the report of a test.
///
/// - Parameters:
///   - path: The path of the file.
///   - bytes: What it is compared with.
/// - Returns: False if a byte differs, or the length.
/// - Throws: ``IOError`` if it cannot be read.
public func isFile(_ path: String, _ bytes: [UInt8]) throws -> Bool {
  try readBytes(path) == bytes
}

/// Writes a file.
///
/// - Parameters:
///   - bytes: The bytes of the file.
///   - path: The path of the file, which is replaced if it exists.
/// - Throws: ``IOError`` if it cannot be written.
public func writeBytes(_ bytes: [UInt8], to path: String) throws {
  guard let file = unsafe fopen(path, "wb") else { throw IOError("create \(path)", errno) }
  defer { unsafe fclose(file) }
  guard unsafe fwrite(bytes, 1, bytes.count, file) == bytes.count else {
    throw IOError("write \(path)", errno)
  }
}
