import Files
import Glibc

/// A system call of a save that failed.
struct SystemFailure: Error, Equatable {
  /// The number of the error, as in `errno`.
  let code: CInt

  /// What it failed for, if that is not the checkpoint itself.
  var subject: String?

  /// Takes note of the last failure of this thread.
  init(code: CInt = errno, subject: String? = nil) {
    self.code = code
    self.subject = subject
  }

  /// Whether there was no room on the disk, or in the user's share of it.
  var isFullDisk: Bool { code == ENOSPC || code == EDQUOT }

  /// Whether there was no room, on the disk or in what a file may have.
  var isOutOfSpace: Bool { isFullDisk || code == EFBIG }

  /// Whether the file system has no hard links, or no more of them for a file.
  var isLackOfLinks: Bool { [EPERM, EOPNOTSUPP, ENOSYS, EMLINK, EXDEV].contains(code) }

  /// The system's words.
  var reason: String {
    let words = systemError(code)
    return subject.map { "\($0): \(words)" } ?? words
  }
}
