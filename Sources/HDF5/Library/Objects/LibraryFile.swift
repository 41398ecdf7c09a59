internal import CHDF5
import Files
import Sandbox

/// A file that is open in libhdf5, and the objects in it that are open.
///
/// It is used only with the lock of libhdf5 held, and never by two threads at once.
final class LibraryFile {
  /// The file's identifier.
  let handle: Handle
  /// The path that it was opened with, or its name in errors.
  let path: String
  /// The limits of memory for reading it.
  let limits: Limits
  // Released after the file is closed.
  private let box: SourceBox

  private var objects: [Int: LibraryObject] = [:]
  private var nextNumber = 0

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - source: The source of its bytes.
  ///   - path: Its name in errors.
  ///   - limits: The limits of memory for reading it.
  /// - Throws: ``HDF5Error`` if libhdf5 cannot open it.
  init(_ source: any FileSource, named path: String, limits: Limits) throws(HDF5Error) {
    let attempt = Attempt(operation: .open, file: path, object: nil)
    let access = try Handle(H5Pcreate(chdf5_file_access()), attempt)
    try attempt.call(H5Pset_fclose_degree(access.id, H5F_CLOSE_STRONG))
    box = SourceBox(source)
    let id = try attempt.call(
      failure: HDF5Error.Cause.damaged, ReadingDriver.open(box, access: access.id))
    handle = try Handle(id, attempt)
    self.path = path
    self.limits = limits
  }

  // Before the file itself.
  deinit { objects = [:] }

  /// Begins an operation on an object of this file.
  func attempt(_ operation: HDF5Error.Operation, _ object: String?) -> Attempt {
    Attempt(operation: operation, file: path, object: object)
  }

  /// Opens the object at a path.
  ///
  /// - Parameters:
  ///   - path: The path.
  ///   - number: The number of the group that it starts from; `nil` for the root group itself.
  /// - Returns: The number of the object, and the object.
  /// - Throws: ``HDF5Error`` if there is no such object.
  func open(
    _ path: String, from number: Int?
  ) throws(HDF5Error) -> (number: Int, object: LibraryObject) {
    let object: LibraryObject
    if let number {
      object = try self.object(number).object(at: path)
    } else {
      let root = try unsafe Handle(H5Oopen(handle.id, "/", 0), attempt(.open, "/"))
      object = LibraryObject(root, path: "/", file: self)
    }
    nextNumber += 1
    objects[nextNumber] = object
    return (nextNumber, object)
  }

  /// The object with a number.
  func object(_ number: Int) throws(HDF5Error) -> LibraryObject {
    guard let object = objects[number] else { throw attempt(.open, nil).failure(.objectNotFound) }
    return object
  }

  /// Closes an object.
  func close(_ number: Int) { objects[number] = nil }
}
