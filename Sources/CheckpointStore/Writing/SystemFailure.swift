import Files
import Glibc

/// A failed system call of a save.
struct SystemFailure: Error, Equatable {
  /// The `errno` value.
  let code: CInt

  /// The subject of the failure, if it is not the checkpoint itself.
  let subject: String?

  /// Whether the new file already has its name; only the `fsync` of the folder failed.
  let isAfterRename: Bool

  /// Creates a failure; by default from the `errno` of this thread.
  init(code: CInt = errno, subject: String? = nil, isAfterRename: Bool = false) {
    self.code = code
    self.subject = subject
    self.isAfterRename = isAfterRename
  }

  /// Whether the disk or the user's quota is full.
  var isFullDisk: Bool { code == ENOSPC || code == EDQUOT }

  /// Whether the disk or quota is full, or the file exceeds the maximum file size.
  var isOutOfSpace: Bool { isFullDisk || code == EFBIG }

  /// Whether the file system does not support hard links, or allows no more of them for the file.
  var isLackOfLinks: Bool { [EPERM, EOPNOTSUPP, ENOSYS, EMLINK, EXDEV].contains(code) }

  /// The system's error message, after the subject if there is one.
  var reason: String {
    let words = systemError(code)
    return subject.map { "\($0): \(words)" } ?? words
  }
}
