package import Sandbox
public import Files

/// An HDF5 file that is open for reading.
///
/// The file is closed when the lifetimes of this value and of all its groups and datasets have
/// ended.
public struct File: ~Copyable, Sendable {
  /// The path the file was opened with.
  public let path: String
  /// The size of the file in bytes.
  public let size: Int
  /// The superblock: the header of the file.
  public let superblock: Superblock

  /// The root group.
  public let root: Group

  /// Opens the file at `path` for reading.
  ///
  /// libhdf5 only gets a regular file that begins as HDF5 and is not truncated. The file is neither
  /// locked nor written, and its links to other files are never followed.
  /// The corresponding C function is `H5Fopen`.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - limits: The limits of memory for reading it.
  /// - Returns: The open file.
  /// - Throws: ``HDF5Error`` with the cause ``HDF5Error/Cause/fileNotFound(_:)`` or
  ///   ``HDF5Error/Cause/fileUnreadable(_:)`` if it cannot be read, or one of the others if it is
  ///   not a complete HDF5 file.
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
  /// The memory is not copied.
  ///
  /// - Parameters:
  ///   - image: The bytes of the file.
  ///   - path: The name of the file in errors.
  ///   - limits: The limits of memory for reading it.
  /// - Returns: The open file.
  /// - Throws: ``HDF5Error`` if the bytes are not a complete HDF5 file.
  public static func open(
    _ image: consuming FileImage, named path: String, limits: Limits = Limits()
  ) throws(HDF5Error) -> File {
    try open(ImageSource(image), named: path, limits: limits)
  }

  /// Opens a file that is read through a ``FileSource``.
  ///
  /// - Parameters:
  ///   - source: The source of the bytes. The file keeps a reference to it while it is open.
  ///   - path: The name of the file in errors.
  ///   - limits: The limits of memory for reading it.
  /// - Returns: The open file.
  /// - Throws: ``HDF5Error`` if the bytes are not a complete HDF5 file, or the source throws.
  public static func open(
    _ source: any FileSource, named path: String, limits: Limits = Limits()
  ) throws(HDF5Error) -> File {
    try open(source, named: path, limits: limits, answeredBy: nil)
  }

  /// Opens a file that is in memory, and that a certain process reads.
  ///
  /// - Parameters:
  ///   - image: The bytes of the file.
  ///   - path: The name of the file in errors.
  ///   - limits: The limits of memory for reading it.
  ///   - process: The sandboxed process that made the bytes; `nil` for another one.
  /// - Returns: The open file.
  /// - Throws: ``HDF5Error``.
  package static func open(
    _ image: consuming FileImage, named path: String, limits: Limits,
    in process: SandboxedProcess?
  ) throws(HDF5Error) -> File {
    try open(ImageSource(image), named: path, limits: limits, answeredBy: process)
  }

  /// Opens a file that something else may read in the place of a new sandboxed process.
  ///
  /// - Parameters:
  ///   - source: The source of the bytes.
  ///   - path: The name of the file in errors.
  ///   - limits: The limits of memory for reading it.
  ///   - respondent: Answers the requests; its answers are not trusted. `nil` for a new process.
  /// - Returns: The open file.
  /// - Throws: ``HDF5Error``.
  package static func open(
    _ source: any FileSource, named path: String, limits: Limits = Limits(),
    answeredBy respondent: (any Respondent)?
  ) throws(HDF5Error) -> File {
    try open(source, named: path, limits: limits) { () throws(HDF5Error) in
      switch (limits.reader, respondent) {
      case (.unconfined, _): try DirectAccess(source, named: path, limits: limits)
      case (.sandboxed, let respondent?):
        try SandboxedAccess(source, named: path, limits: limits, respondent)
      case (.sandboxed, nil): try SandboxedAccess(source, named: path, limits: limits)
      }
    }
  }

  private static func open(
    _ source: any FileSource, named path: String, limits: Limits,
    _ makeAccess: () throws(HDF5Error) -> any FileAccess
  ) throws(HDF5Error) -> File {
    let attempt = Attempt(operation: .open, file: path, object: nil)
    let superblock = try attempt.run(try Superblock.find(in: source))
    let access = try makeAccess()
    let file = OpenFile(access, source, named: path, limits: limits)
    return File(
      path: path, size: source.size, superblock: superblock,
      root: try Group(OpenObject(rootOf: file)))
  }

  /// Opens a group.
  ///
  /// - Parameter path: The path of the group from the root, such as `layers/dense/vars`.
  /// - Returns: The group.
  /// - Throws: ``HDF5Error`` if there is no group at the path, or the path contains a soft or
  ///   external link.
  public func group(at path: String) throws(HDF5Error) -> Group {
    try root.group(at: path)
  }

  /// Opens a dataset.
  ///
  /// - Parameter path: The path of the dataset from the root, such as `layers/dense/vars/0`.
  /// - Returns: The dataset.
  /// - Throws: ``HDF5Error`` if there is no dataset at the path, or the path contains a soft or
  ///   external link.
  public func dataset(at path: String) throws(HDF5Error) -> Dataset {
    try root.dataset(at: path)
  }

  /// Returns whether there is an object at `path`.
  ///
  /// - Parameter path: The path of the object from the root.
  /// - Returns: False if a component of the path does not exist.
  /// - Throws: ``HDF5Error`` if the path contains a soft or external link, or goes through a
  ///   dataset.
  public func contains(_ path: String) throws(HDF5Error) -> Bool {
    try root.contains(path)
  }
}
