/// An error while a file is opened or read.
package enum FileError: Error, Equatable, CustomStringConvertible {
  /// There is no such file.
  case notFound(String)

  /// The file exists, but cannot be read: permissions, a directory, a device, an I/O error.
  case unreadable(String)

  /// The reason in words, as the end of a sentence.
  package var description: String {
    switch self {
    case .notFound(let reason), .unreadable(let reason): reason
    }
  }
}
