public import Glibc

// The system's calls for paths that may carry bytes. Their names are those of Glibc: a file that
// imports this module calls these where the path is a `String`, because no conversion to a pointer
// is needed, so no call site can forget to convert.

/// Opens a file, as `open(2)` does.
@unsafe
public func open(_ path: String, _ flags: CInt) -> CInt {
  withSystemPath(path) { Glibc.open($0, flags) }
}

/// Opens or creates a file, as `open(2)` does.
@unsafe
public func open(_ path: String, _ flags: CInt, _ mode: mode_t) -> CInt {
  withSystemPath(path) { Glibc.open($0, flags, mode) }
}

/// Opens a file below a folder, as `openat(2)` does.
@unsafe
public func openat(_ folder: CInt, _ path: String, _ flags: CInt) -> CInt {
  withSystemPath(path) { Glibc.openat(folder, $0, flags) }
}

/// Opens or creates a file below a folder, as `openat(2)` does.
@unsafe
public func openat(_ folder: CInt, _ path: String, _ flags: CInt, _ mode: mode_t) -> CInt {
  withSystemPath(path) { Glibc.openat(folder, $0, flags, mode) }
}

/// Describes a file, as `stat(2)` does.
@unsafe
public func stat(_ path: String, _ status: UnsafeMutablePointer<Glibc.stat>) -> CInt {
  withSystemPath(path) { Glibc.fstatat(AT_FDCWD, $0, status, 0) }
}

/// Describes a file or a link, as `lstat(2)` does.
@unsafe
public func lstat(_ path: String, _ status: UnsafeMutablePointer<Glibc.stat>) -> CInt {
  withSystemPath(path) { Glibc.lstat($0, status) }
}

/// Describes a file below a folder, as `fstatat(2)` does.
@unsafe
public func fstatat(
  _ folder: CInt, _ path: String, _ status: UnsafeMutablePointer<Glibc.stat>, _ flags: CInt
) -> CInt {
  withSystemPath(path) { Glibc.fstatat(folder, $0, status, flags) }
}

/// Tells whether a file can be accessed, as `access(2)` does.
@unsafe
public func access(_ path: String, _ mode: CInt) -> CInt {
  withSystemPath(path) { Glibc.access($0, mode) }
}

/// Gives a file a second name, as `link(2)` does.
@unsafe
public func link(_ path: String, _ newPath: String) -> CInt {
  withSystemPath(path) { path in withSystemPath(newPath) { Glibc.link(path, $0) } }
}

/// Gives a file below a folder a second name, as `linkat(2)` does.
@unsafe
public func linkat(
  _ folder: CInt, _ path: String, _ newFolder: CInt, _ newPath: String, _ flags: CInt
) -> CInt {
  withSystemPath(path) { path in
    withSystemPath(newPath) { Glibc.linkat(folder, path, newFolder, $0, flags) }
  }
}

/// Renames a file, as `rename(2)` does.
@unsafe
public func rename(_ path: String, _ newPath: String) -> CInt {
  withSystemPath(path) { path in withSystemPath(newPath) { Glibc.rename(path, $0) } }
}

/// Renames a file below a folder, as `renameat(2)` does.
@unsafe
public func renameat(
  _ folder: CInt, _ path: String, _ newFolder: CInt, _ newPath: String
) -> CInt {
  withSystemPath(path) { path in
    withSystemPath(newPath) { Glibc.renameat(folder, path, newFolder, $0) }
  }
}

/// Removes a name, as `unlink(2)` does.
@unsafe @discardableResult
public func unlink(_ path: String) -> CInt {
  withSystemPath(path) { Glibc.unlink($0) }
}

/// Removes a name below a folder, as `unlinkat(2)` does.
@unsafe @discardableResult
public func unlinkat(_ folder: CInt, _ path: String, _ flags: CInt) -> CInt {
  withSystemPath(path) { Glibc.unlinkat(folder, $0, flags) }
}

/// Returns a path without links, as `realpath(3)` does; `nil` with `errno` set if there is none.
public func realPath(_ path: String) -> String? {
  guard let resolved = withSystemPath(path, { Glibc.realpath($0, nil) }) else { return nil }
  defer { free(resolved) }
  return pathText(resolved)
}

/// Returns where a link leads, as `readlink(2)` tells; `nil` if there is no link at the path.
public func readLink(_ path: String) -> String? {
  var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
  let count = withSystemPath(path) { Glibc.readlink($0, &buffer, buffer.count - 1) }
  return count > 0 ? pathText(buffer) : nil
}

/// Returns the text that carries the bytes of a path of the system.
///
/// - Parameter path: A path that ends with a zero byte, such as the name of a folder's entry.
/// - Returns: Its text.
@unsafe
public func pathText(_ path: UnsafePointer<CChar>) -> String {
  PathText.text(of: UnsafeRawBufferPointer(start: path, count: strlen(path)))
}

/// Calls a function with a path as the system takes it.
private func withSystemPath<Result>(
  _ path: String, _ body: (UnsafePointer<CChar>) -> Result
) -> Result {
  /// An array becomes a pointer only as an argument.
  func call(_ path: UnsafePointer<CChar>) -> Result { body(path) }
  return call(PathText.bytes(of: path).map { CChar(bitPattern: $0) } + [0])
}
