/// An error while a file is opened or read.
///
/// ```swift
/// do {
///   _ = try CheckpointStore(path: "missing.h5").load()
/// } catch StoreError.file(let path, FileError.notFound) {
///   print("there is no \(path)")
/// }
/// ```
public enum FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no such file; with the system's message.
  case notFound(String)

  /// The file exists, but cannot be read: permissions, a directory, a device, an I/O error.
  case unreadable(String)

  /// The file ends before the expected length.
  case truncated(bytes: Int, expected: Int)

  /// The bytes are not those that were written.
  case damaged(String)

  /// The reason as a phrase, for the end of a sentence.
  public var description: String {
    switch self {
    case .notFound(let reason), .unreadable(let reason): reason
    case .truncated(let bytes, let expected):
      "truncated: \(bytes) bytes, the header says \(expected)"
    case .damaged(let reason): "damaged: \(reason)"
    }
  }
}
