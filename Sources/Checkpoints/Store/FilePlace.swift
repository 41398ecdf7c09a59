import Files
import Glibc

/// Where a path leads, whatever its spelling: links are followed.
///
/// Two paths of one existing file have the device and the inode in common; two paths of a file that does not
/// exist yet have the folder and the name in common.
package struct FilePlace: Sendable {
  /// The path with its last links resolved.
  package let path: String

  /// The existing file.
  let file: FileIdentity?

  /// The folder, and the name of the file in it; `nil` if the path is not known.
  let entry: Entry?

  struct Entry: Equatable, Sendable {
    let folder: FileIdentity
    let name: String
  }

  /// Finds where a path leads.
  ///
  /// - Parameter path: The path of a file that may not exist yet.
  package init(of path: String) {
    var path = path
    // As many links as the kernel follows.
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

  /// Finds which regular file a descriptor is of; `nil` for a terminal, a pipe or a device.
  package init?(descriptor: CInt) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    path = "/dev/fd/\(descriptor)"
    file = FileIdentity(of: descriptor)
    entry = nil
  }

  /// Whether two paths lead to one file.
  package func isSame(as other: FilePlace) -> Bool {
    (file != nil && file == other.file) || (entry != nil && entry == other.entry)
  }

  /// The path of the folder that the last name of a path is in, with its slash: `./` of `ckpt.h5`.
  package static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
  }
}
