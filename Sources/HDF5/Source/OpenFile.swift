import Files

/// A file that is open in libhdf5.
///
/// It stays open as long as one of its objects exists.
final class OpenFile: Sendable {
  /// The file's identifier.
  let handle: Handle
  /// The path that it was opened with, or its name in errors.
  let path: String
  /// The size of the file in bytes when it was opened.
  let size: Int
  /// The limits of memory for reading it.
  let limits: Limits
  private let box: SourceBox

  init(_ handle: consuming Handle, path: String, _ box: SourceBox, limits: Limits) {
    self.handle = handle
    self.path = path
    self.box = box
    size = box.source.size
    self.limits = limits
  }

  /// Begins an operation on an object of this file.
  func attempt(_ operation: HDF5Error.Operation, _ object: String?) -> Attempt {
    box.note()
    return Attempt(operation: operation, file: path, object: object)
  }
}
