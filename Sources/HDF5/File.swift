internal import CHDF5
public import Files

/// An HDF5 file that is open for reading.
///
/// The file is closed when it and every group and dataset taken from it have gone away.
public struct File: ~Copyable, Sendable {
  /// The path the file was opened with.
  public let path: String
  /// The size of the file in bytes.
  public let size: Int
  /// The file's header.
  public let superblock: Superblock

  /// The root group.
  public let root: Group

  /// Opens the file at `path` for reading.
  ///
  /// Only a regular file that is HDF5 and not shorter than its header says reaches libhdf5. Nothing
  /// is locked, nothing is written, and no other file is ever opened, whatever this one refers to.
  /// The corresponding C function is `H5Fopen`.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - limits: How much may be read from it.
  /// - Returns: The open file.
  /// - Throws: ``HDF5Error`` with the cause ``HDF5Error/Cause/fileNotFound(_:)`` or
  ///   ``HDF5Error/Cause/fileUnreadable(_:)`` when there is nothing to read, and one of the others
  ///   when what is there is not a whole HDF5 file.
  public static func open(
    _ path: String, limits: Limits = Limits()
  ) throws(HDF5Error) -> File {
    let source: DiskFile
    do throws(FileError) { source = try DiskFile(path) } catch {
      throw HDF5Error(opening: path, error)
    }
    return try open(source, named: path, limits: limits)
  }

  /// Opens a file that is in memory, such as a member of an archive.
  ///
  /// The memory is used as it is, without a copy.
  ///
  /// - Parameters:
  ///   - image: The bytes of the file.
  ///   - path: What the file is called in errors.
  ///   - limits: How much may be read from it.
  /// - Returns: The open file.
  /// - Throws: ``HDF5Error`` if the bytes are not a whole HDF5 file.
  public static func open(
    _ image: consuming FileImage, named path: String, limits: Limits = Limits()
  ) throws(HDF5Error) -> File {
    try open(ImageSource(image), named: path, limits: limits)
  }

  /// Opens a file whose bytes come from a source.
  ///
  /// - Parameters:
  ///   - source: Where the bytes come from; it is kept for as long as anything in the file is in use.
  ///   - path: What the file is called in errors.
  ///   - limits: How much may be read from it.
  /// - Returns: The open file.
  /// - Throws: ``HDF5Error`` if the bytes are not a whole HDF5 file, or the source refuses them.
  public static func open(
    _ source: any FileSource, named path: String, limits: Limits = Limits()
  ) throws(HDF5Error) -> File {
    library.lock()
    defer { library.unlock() }
    let attempt = Attempt(operation: .open, file: path, object: nil)
    let superblock: Superblock
    do throws(HDF5Error.Cause) {
      superblock = try Superblock.find(in: source)
    } catch {
      throw attempt.failure(error)
    }
    let access = try Handle(H5Pcreate(chdf5_file_access()), attempt)
    try attempt.check(H5Pset_fclose_degree(access.id, H5F_CLOSE_STRONG))
    let box = SourceBox(source, path)
    let id = ReadingDriver.open(box, access: access.id)
    guard id >= 0 else {
      throw attempt.failure(.damaged(ErrorStack.innermostSentence()))
    }
    let file = OpenFile(try Handle(id, attempt), path: path, box, limits: limits)
    let root = try Handle(H5Oopen(id, "/", 0), file.attempt(.open, "/"))
    return File(
      path: path, size: source.size, superblock: superblock,
      root: try Group(Object(root, path: "/", file: file)))
  }

  /// Opens a group.
  ///
  /// - Parameter path: The path of the group from the root, such as `layers/dense/vars`.
  /// - Returns: The group.
  /// - Throws: ``HDF5Error`` if there is none, or the path leads through a soft or external link.
  public func group(at path: String) throws(HDF5Error) -> Group {
    try root.group(at: path)
  }

  /// Opens a dataset.
  ///
  /// - Parameter path: The path of the dataset from the root, such as `layers/dense/vars/0`.
  /// - Returns: The dataset.
  /// - Throws: ``HDF5Error`` if there is none, or the path leads through a soft or external link.
  public func dataset(at path: String) throws(HDF5Error) -> Dataset {
    try root.dataset(at: path)
  }

  /// Whether there is an object at `path`.
  ///
  /// - Parameter path: The path of the object from the root.
  /// - Returns: False if any part of the path is missing.
  /// - Throws: ``HDF5Error`` if the path leads through a soft or external link, or a dataset.
  public func contains(_ path: String) throws(HDF5Error) -> Bool {
    try root.contains(path)
  }
}
