import Files

/// A file that is open for reading.
///
/// It stays open as long as one of its objects exists.
final class OpenFile: Sendable {
  /// The path that it was opened with, or its name in errors.
  let path: String
  /// The limits of memory for reading it.
  let limits: Limits
  /// The source of its bytes.
  let source: any FileSource
  /// Who reads it.
  let access: any FileAccess

  init(_ access: any FileAccess, _ source: any FileSource, named path: String, limits: Limits) {
    (self.access, self.source, self.path, self.limits) = (access, source, path, limits)
  }

  /// The size of the file in bytes when it was opened.
  var size: Int { source.size }
}
