import Glibc

/// An entry of a folder.
///
/// A symbolic link is an entry of its own kind.
package struct FolderEntry: Equatable, Sendable {
  /// The name; see ``PathText``.
  package let name: String
  /// The kind.
  package let kind: Kind

  /// The kind of an entry.
  package enum Kind: Equatable, Sendable {
    /// A regular file.
    case file
    /// A folder.
    case folder
    /// A symbolic link, wherever it points.
    case link
    /// A FIFO, a socket or a device.
    case other
  }

  /// Lists a folder.
  ///
  /// - Parameters:
  ///   - path: The path of the folder.
  ///   - followsLink: Whether the path may be a symbolic link to a folder.
  /// - Returns: The entries without `.` and `..`, in the order of the bytes of their names.
  /// - Throws: ``FileError/notFound(_:)`` or ``FileError/unreadable(_:)``.
  package static func list(
    _ path: String, followsLink: Bool = false
  ) throws(FileError) -> [FolderEntry] {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (followsLink ? 0 : O_NOFOLLOW)
    let descriptor = unsafe open(path, flags)
    guard descriptor >= 0 else {
      let code = errno
      throw code == ENOENT ? .notFound(systemError(code)) : .unreadable(systemError(code))
    }
    guard let stream = unsafe fdopendir(descriptor) else {
      let reason = systemError()
      close(descriptor)
      throw .unreadable(reason)
    }
    defer { unsafe closedir(stream) }
    var entries: [(bytes: [UInt8], kind: Kind)] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { name in
        unsafe Array(name.prefix { $0 != 0 })
      }
      if bytes == [0x2E] || bytes == [0x2E, 0x2E] { continue }
      let type = unsafe Int(entry.pointee.d_type)
      entries.append((bytes, kind(type, PathText.text(of: bytes), in: descriptor)))
    }
    guard errno == 0 else { throw .unreadable(systemError()) }
    return entries.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }.map {
      FolderEntry(name: PathText.text(of: $0.bytes), kind: $0.kind)
    }
  }

  private static func kind(_ type: Int, _ name: String, in folder: CInt) -> Kind {
    switch type {
    case Int(DT_REG): return .file
    case Int(DT_DIR): return .folder
    case Int(DT_LNK): return .link
    case Int(DT_UNKNOWN): break
    default: return .other
    }
    // Some file systems do not store the kind in the folder.
    var status = stat()
    guard unsafe fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return .other }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    case S_IFLNK: .link
    default: .other
    }
  }
}
