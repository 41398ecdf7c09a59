/// A group of an open file: a set of named links to groups, datasets and named datatypes.
public struct Group: FileObject, ~Copyable {
  /// The open group, which only this module can use.
  public let object: OpenObject

  init(_ object: consuming OpenObject) throws(HDF5Error) {
    guard object.kind == .group else {
      throw object.attempt(.open).failure(
        .mismatch(expected: "a group", found: "\(object.kind)"))
    }
    self.object = object
  }

  /// Opens a group.
  ///
  /// Empty components and `.` are skipped; `..` is a name like any other. The corresponding C
  /// function is `H5Oopen`, called once for each component.
  ///
  /// - Parameter path: The path of the group from this one, such as `dense/vars`.
  /// - Returns: The group.
  /// - Throws: ``HDF5Error`` if there is no such group, or the path contains a soft or external
  ///   link.
  public func group(at path: String) throws(HDF5Error) -> Group {
    try Group(object.open(path))
  }

  /// Opens a dataset.
  ///
  /// - Parameter path: The path of the dataset from this group, such as `vars/0`.
  /// - Returns: The dataset.
  /// - Throws: ``HDF5Error`` if there is no such dataset, or the path contains a soft or external
  ///   link.
  public func dataset(at path: String) throws(HDF5Error) -> Dataset {
    try Dataset(object.open(path))
  }

  /// Returns whether there is an object at `path`.
  ///
  /// - Parameter path: The path of the object from this group.
  /// - Returns: False if a component of the path does not exist.
  /// - Throws: ``HDF5Error`` if the path contains a soft or external link, or goes through a
  ///   dataset.
  public func contains(_ path: String) throws(HDF5Error) -> Bool {
    do throws(HDF5Error) {
      _ = try object.open(path)
      return true
    } catch {
      guard error.cause == .objectNotFound else { throw error }
      return false
    }
  }

  /// The links in the group, ordered by the bytes of their names.
  ///
  /// The corresponding C functions are `H5Literate` and `H5Oget_info_by_name`.
  ///
  /// - Throws: ``HDF5Error`` if the group is damaged, or has more than
  ///   ``Limits/membersPerGroup`` members. A damaged member does not hide the others: it is
  ///   ``Member/Kind/unreadable(_:)``.
  public var members: [Member] {
    get throws(HDF5Error) { try object.members() }
  }
}
