import Files
import Glibc

/// The target of a path, independent of its spelling; links are followed.
///
/// Two paths of one existing file share the device and inode; two paths of a file that does not
/// exist yet share the folder and name.
package struct FilePlace: Sendable {
  /// The path with its last links resolved.
  package let path: String

  /// The identity of the file, if it exists.
  let file: FileIdentity?

  /// The folder and the name of the file in it; `nil` if they are unknown.
  let entry: Entry?

  struct Entry: Equatable, Sendable {
    let folder: FileIdentity
    let name: String
  }

  /// Resolves a path.
  ///
  /// - Parameter path: The path of a file that may not exist yet.
  package init(of path: String) {
    var path = path
    // The kernel also follows at most 40 links.
    for _ in 0..<40 {
      guard let target = readLink(path) else { break }
      path = target.hasPrefix("/") ? target : FilePlace.folder(of: path) + target
    }
    self.path = path
    file = FileIdentity(of: path)
    let folder = FilePlace.folder(of: path)
    let name = path.dropFirst(path.hasPrefix(folder) ? folder.count : 0)
    if !["", ".", ".."].contains(name), let identity = FileIdentity(of: folder) {
      entry = Entry(folder: identity, name: String(name))
    } else {
      entry = nil
    }
  }

  /// Identifies the regular file of a descriptor; `nil` for a terminal, a pipe or a device.
  package init?(descriptor: CInt) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    path = "/dev/fd/\(descriptor)"
    file = FileIdentity(of: descriptor)
    entry = nil
  }

  /// Whether two paths lead to the same file.
  package func isSame(as other: FilePlace) -> Bool {
    (file != nil && file == other.file) || (entry != nil && entry == other.entry)
  }

  /// The path of a file's folder, including the slash: `./` for `ckpt.h5`.
  package static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
  }
}
