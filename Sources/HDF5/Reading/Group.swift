internal import CHDF5

/// A group of an open file: a set of named links to groups, datasets and named datatypes.
public struct Group: FileObject, ~Copyable {
  /// The group in libhdf5, which only this module can use.
  public let object: OpenObject

  init(_ object: consuming OpenObject) throws(HDF5Error) {
    guard H5Iget_type(object.handle.id) == H5I_GROUP else {
      throw object.attempt(.open).failure(.mismatch(expected: "a group", found: object.kind))
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
    try library.withLock(try Group(object.object(at: path)))
  }

  /// Opens a dataset.
  ///
  /// - Parameter path: The path of the dataset from this group, such as `vars/0`.
  /// - Returns: The dataset.
  /// - Throws: ``HDF5Error`` if there is no such dataset, or the path contains a soft or external
  ///   link.
  public func dataset(at path: String) throws(HDF5Error) -> Dataset {
    try library.withLock(try Dataset(object.object(at: path)))
  }

  /// Returns whether there is an object at `path`.
  ///
  /// - Parameter path: The path of the object from this group.
  /// - Returns: False if a component of the path does not exist.
  /// - Throws: ``HDF5Error`` if the path contains a soft or external link, or goes through a
  ///   dataset.
  public func contains(_ path: String) throws(HDF5Error) -> Bool {
    do throws(HDF5Error) {
      _ = try library.withLock(try object.object(at: path))
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
    get throws(HDF5Error) {
      // The lock is taken for each member anew, because `DamageGuard` limits the time of one call.
      try library.withLock(try names()).map { name in library.withLock { member(name) } }
    }
  }

  private func names() throws(HDF5Error) -> [NameList.Name] {
    let attempt = object.attempt(.list)
    let id = object.handle.id
    let limit = object.file.limits.membersPerGroup
    var info = H5G_info_t()
    try unsafe attempt.call(H5Gget_info(id, &info))
    guard info.nlinks <= UInt64(limit) else {
      throw attempt.failure(.tooLarge("\(info.nlinks) members, the limit is \(limit)"))
    }
    return try unsafe NameList.collect("members", limit: limit, attempt) { list in
      unsafe H5Literate(
        id, H5_INDEX_NAME, H5_ITER_INC, nil, { unsafe NameList.append($1, to: $3) }, unsafe list)
    }
  }

  /// Describes the link with the name `name`.
  private func member(_ name: NameList.Name) -> Member {
    guard !name.isCut else {
      let reason = "its name is longer than \(Limits.nameBytes) bytes"
      return Member(name: name.text, kind: .unopened(reason), address: nil, linkCount: 0)
    }
    let name = name.text
    func unreadable() -> Member {
      let reason = ErrorStack.innermostSentence()
      return Member(name: name, kind: .unreadable(reason), address: nil, linkCount: 0)
    }
    let id = object.handle.id
    var link = H5L_info_t()
    guard unsafe name.withFileName({ unsafe H5Lget_info(id, $0, &link, 0) }) >= 0 else {
      return unreadable()
    }
    guard link.type == H5L_TYPE_HARD else {
      let kind = LinkTarget.kind(of: link, named: name, in: id)
      return Member(name: name, kind: kind, address: nil, linkCount: 0)
    }
    var info = H5O_info_t()
    let status = unsafe name.withFileName {
      unsafe H5Oget_info_by_name2(id, $0, &info, UInt32(H5O_INFO_BASIC), 0)
    }
    guard status >= 0 else { return unreadable() }
    let kind: Member.Kind =
      switch info.type {
      case H5O_TYPE_GROUP: .group
      case H5O_TYPE_DATASET: .dataset
      case H5O_TYPE_NAMED_DATATYPE: .namedDatatype
      default: .unreadable("an object of a kind that libhdf5 does not know")
      }
    return Member(name: name, kind: kind, address: UInt64(info.addr), linkCount: Int(info.rc))
  }
}
