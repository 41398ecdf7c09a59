import Files
import Glibc

/// The identity of a file, independent of its names: device and inode.
struct FileIdentity: Equatable {
  private let device: dev_t
  private let number: ino_t

  /// The identity of the file at a path, with links followed; `nil` if it does not exist.
  init?(of path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    (device, number) = (status.st_dev, status.st_ino)
  }

  /// The identity of an open file; `nil` if the descriptor is invalid.
  init?(of descriptor: CInt) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    (device, number) = (status.st_dev, status.st_ino)
  }
}
