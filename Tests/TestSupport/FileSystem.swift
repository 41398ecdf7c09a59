// System calls for paths, safe to call from tests. They have the names of Glibc's functions. A call
// with a `String` resolves to these, because they need no conversion to a pointer.

import Glibc

/// Gives a file another name, as link(2).
@discardableResult
public func link(_ path: String, _ other: String) -> Int32 { unsafe Glibc.link(path, other) }

/// Renames a file, as rename(2).
@discardableResult
public func rename(_ path: String, _ other: String) -> Int32 { unsafe Glibc.rename(path, other) }

/// Creates a symbolic link, as symlink(2).
@discardableResult
public func symlink(_ target: String, _ path: String) -> Int32 {
  unsafe Glibc.symlink(target, path)
}

/// Removes an empty directory, as rmdir(2).
@discardableResult
public func rmdir(_ path: String) -> Int32 { unsafe Glibc.rmdir(path) }

/// Creates a directory, as mkdir(2).
@discardableResult
public func mkdir(_ path: String, _ mode: UInt32) -> Int32 { unsafe Glibc.mkdir(path, mode) }

/// Creates a FIFO, as mkfifo(3).
@discardableResult
public func mkfifo(_ path: String, _ mode: UInt32) -> Int32 { unsafe Glibc.mkfifo(path, mode) }

/// Changes the permissions of a file, as chmod(2).
@discardableResult
public func chmod(_ path: String, _ mode: UInt32) -> Int32 { unsafe Glibc.chmod(path, mode) }

/// Removes a file, as unlink(2).
@discardableResult
public func unlink(_ path: String) -> Int32 { unsafe Glibc.unlink(path) }

/// Changes the length of a file, as truncate(2).
@discardableResult
public func truncate(_ path: String, _ length: Int) -> Int32 { unsafe Glibc.truncate(path, length) }

/// Checks access to a file, as access(2).
public func access(_ path: String, _ mode: Int32) -> Int32 { unsafe Glibc.access(path, mode) }
