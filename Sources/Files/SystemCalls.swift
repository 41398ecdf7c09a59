public import Glibc

// System calls for paths that may be invalid UTF-8 (see `PathText`). They have the names of Glibc's
// functions. In a file that imports this module, a call with a `String` resolves to these, because
// they need no conversion to a pointer, so that no call can forget to convert the path.

/// Opens a file, as `open(2)` does.
@unsafe
public func open(_ path: String, _ flags: CInt) -> CInt {
  unsafe withSystemPath(path) { unsafe Glibc.open($0, flags) }
}

/// Opens or creates a file, as `open(2)` does.
@unsafe
public func open(_ path: String, _ flags: CInt, _ mode: mode_t) -> CInt {
  unsafe withSystemPath(path) { unsafe Glibc.open($0, flags, mode) }
}

/// Opens a file below a folder, as `openat(2)` does.
@unsafe
public func openat(_ folder: CInt, _ path: String, _ flags: CInt) -> CInt {
  unsafe withSystemPath(path) { unsafe Glibc.openat(folder, $0, flags) }
}

/// Opens or creates a file below a folder, as `openat(2)` does.
@unsafe
public func openat(_ folder: CInt, _ path: String, _ flags: CInt, _ mode: mode_t) -> CInt {
  unsafe withSystemPath(path) { unsafe Glibc.openat(folder, $0, flags, mode) }
}

/// Describes a file, as `stat(2)` does.
@unsafe
public func stat(_ path: String, _ status: UnsafeMutablePointer<Glibc.stat>) -> CInt {
  unsafe withSystemPath(path) { unsafe Glibc.fstatat(AT_FDCWD, $0, status, 0) }
}

/// Describes a file or a link, as `lstat(2)` does.
@unsafe
public func lstat(_ path: String, _ status: UnsafeMutablePointer<Glibc.stat>) -> CInt {
  unsafe withSystemPath(path) { unsafe Glibc.lstat($0, status) }
}

/// Describes a file below a folder, as `fstatat(2)` does.
@unsafe
public func fstatat(
  _ folder: CInt, _ path: String, _ status: UnsafeMutablePointer<Glibc.stat>, _ flags: CInt
) -> CInt {
  unsafe withSystemPath(path) { unsafe Glibc.fstatat(folder, $0, status, flags) }
}

/// Checks whether a file can be accessed, as `access(2)` does.
@unsafe
public func access(_ path: String, _ mode: CInt) -> CInt {
  unsafe withSystemPath(path) { unsafe Glibc.access($0, mode) }
}

/// Creates a folder, as `mkdir(2)` does.
@unsafe
public func mkdir(_ path: String, _ mode: mode_t) -> CInt {
  unsafe withSystemPath(path) { unsafe Glibc.mkdir($0, mode) }
}

/// Gives a file a second name, as `link(2)` does.
@unsafe
public func link(_ path: String, _ newPath: String) -> CInt {
  unsafe withSystemPath(path) { path in
    unsafe withSystemPath(newPath) { unsafe Glibc.link(path, $0) }
  }
}

/// Gives a file below a folder a second name, as `linkat(2)` does.
@unsafe
public func linkat(
  _ folder: CInt, _ path: String, _ newFolder: CInt, _ newPath: String, _ flags: CInt
) -> CInt {
  unsafe withSystemPath(path) { path in
    unsafe withSystemPath(newPath) { unsafe Glibc.linkat(folder, path, newFolder, $0, flags) }
  }
}

/// Renames a file, as `rename(2)` does.
@unsafe
public func rename(_ path: String, _ newPath: String) -> CInt {
  unsafe withSystemPath(path) { path in
    unsafe withSystemPath(newPath) { unsafe Glibc.rename(path, $0) }
  }
}

/// Renames a file below a folder, as `renameat(2)` does.
@unsafe
public func renameat(
  _ folder: CInt, _ path: String, _ newFolder: CInt, _ newPath: String
) -> CInt {
  unsafe withSystemPath(path) { path in
    unsafe withSystemPath(newPath) { unsafe Glibc.renameat(folder, path, newFolder, $0) }
  }
}

/// Removes a name, as `unlink(2)` does.
@unsafe @discardableResult
public func unlink(_ path: String) -> CInt {
  unsafe withSystemPath(path) { unsafe Glibc.unlink($0) }
}

/// Removes a name below a folder, as `unlinkat(2)` does.
@unsafe @discardableResult
public func unlinkat(_ folder: CInt, _ path: String, _ flags: CInt) -> CInt {
  unsafe withSystemPath(path) { unsafe Glibc.unlinkat(folder, $0, flags) }
}

/// Returns a path without links, as `realpath(3)` does; `nil` with `errno` set if there is none.
public func realPath(_ path: String) -> String? {
  guard let resolved = unsafe withSystemPath(path, { unsafe Glibc.realpath($0, nil) }) else {
    return nil
  }
  defer { unsafe free(resolved) }
  return unsafe pathText(resolved)
}

/// Returns the target of a symbolic link, as `readlink(2)`; `nil` if the path is no such link.
public func readLink(_ path: String) -> String? {
  var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
  let count = unsafe withSystemPath(path) { unsafe Glibc.readlink($0, &buffer, buffer.count - 1) }
  return unsafe count > 0 ? pathText(buffer) : nil
}

/// Returns a path of the system as a string; see ``PathText``.
///
/// - Parameter path: A path that ends with a zero byte, such as the name of a folder's entry.
/// - Returns: The path.
@unsafe
public func pathText(_ path: UnsafePointer<CChar>) -> String {
  unsafe PathText.text(of: UnsafeRawBufferPointer(start: path, count: strlen(path)))
}

/// Calls a function with the bytes of a path as a C string.
private func withSystemPath<Result>(
  _ path: String, _ body: (UnsafePointer<CChar>) -> Result
) -> Result {
  /// Swift converts an array to a pointer only in an argument.
  func call(_ path: UnsafePointer<CChar>) -> Result { unsafe body(path) }
  return unsafe call(PathText.bytes(of: path).map { CChar(bitPattern: $0) } + [0])
}
