import Files

/// A file that is open in libhdf5, kept open for as long as any object in it is in use.
final class OpenFile: Sendable {
  /// The file's identifier.
  let handle: Handle
  /// The path it was opened with, or what it is called.
  let path: String
  /// The size of the file in bytes when it was opened.
  let size: Int
  /// What may be read from it.
  let limits: Limits
  private let box: SourceBox

  init(_ handle: consuming Handle, path: String, _ box: SourceBox, limits: Limits) {
    self.handle = handle
    self.path = path
    self.box = box
    size = box.source.size
    self.limits = limits
  }

  /// What is being tried on the object at `object` of this file.
  func attempt(_ operation: HDF5Error.Operation, _ object: String?) -> Attempt {
    box.note()
    return Attempt(operation: operation, file: path, object: object)
  }
}
