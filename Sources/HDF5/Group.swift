internal import CHDF5

/// A group of an open file: a set of links, each with a name, to groups and datasets.
public struct Group: ~Copyable, Sendable {
  private let object: Object

  init(_ object: consuming Object) throws(HDF5Error) {
    guard H5Iget_type(object.handle.id) == H5I_GROUP else {
      throw object.attempt(.open).failure(.mismatch(expected: "a group", found: object.kind))
    }
    self.object = object
  }

  /// The path by which the group was reached, from the root.
  public var path: String { object.path }

  /// The group's address in the file: the same for every path that leads to it.
  ///
  /// - Throws: ``HDF5Error`` if the group is damaged.
  public var address: UInt64 {
    get throws(HDF5Error) {
      library.lock()
      defer { library.unlock() }
      return try object.identity().address
    }
  }

  /// The number of hard links that lead to the group, as the file has it.
  ///
  /// - Throws: ``HDF5Error`` if the group is damaged.
  public var linkCount: Int {
    get throws(HDF5Error) {
      library.lock()
      defer { library.unlock() }
      return try object.identity().linkCount
    }
  }

  /// Opens a group.
  ///
  /// Empty components and `.` are passed over; `..` is a name like any other. The corresponding C
  /// function is `H5Oopen`, called once for each component.
  ///
  /// - Parameter path: The path of the group from this one, such as `dense/vars`.
  /// - Returns: The group.
  /// - Throws: ``HDF5Error`` if there is none, or the path leads through a soft or external link.
  public func group(at path: String) throws(HDF5Error) -> Group {
    library.lock()
    defer { library.unlock() }
    return try Group(object.object(at: path))
  }

  /// Opens a dataset.
  ///
  /// - Parameter path: The path of the dataset from this group, such as `vars/0`.
  /// - Returns: The dataset.
  /// - Throws: ``HDF5Error`` if there is none, or the path leads through a soft or external link.
  public func dataset(at path: String) throws(HDF5Error) -> Dataset {
    library.lock()
    defer { library.unlock() }
    return try Dataset(object.object(at: path))
  }

  /// Whether there is an object at `path`.
  ///
  /// - Parameter path: The path of the object from this group.
  /// - Returns: False if any part of the path is missing.
  /// - Throws: ``HDF5Error`` if the path leads through a soft or external link, or a dataset.
  public func contains(_ path: String) throws(HDF5Error) -> Bool {
    library.lock()
    defer { library.unlock() }
    do throws(HDF5Error) {
      _ = try object.object(at: path)
      return true
    } catch {
      guard error.cause == .objectNotFound else { throw error }
      return false
    }
  }

  /// The links in the group, in the order of the bytes of their names.
  ///
  /// The corresponding C functions are `H5Literate` and `H5Oget_info_by_name`.
  ///
  /// - Throws: ``HDF5Error`` if the group is damaged, or has more members than the file's limits
  ///   allow. A damaged member does not hide the others: it is ``Member/Kind/unreadable(_:)``.
  public var members: [Member] {
    get throws(HDF5Error) {
      // Each member is a call of its own: many of them may take their time.
      try names().map { member($0) }
    }
  }

  private func names() throws(HDF5Error) -> [NameList.Name] {
    library.lock()
    defer { library.unlock() }
    let attempt = object.attempt(.list)
    let limit = object.file.limits.membersPerGroup
    var info = H5G_info_t()
    try attempt.check(H5Gget_info(object.handle.id, &info))
    guard info.nlinks <= UInt64(limit) else {
      throw attempt.failure(.tooLarge("\(info.nlinks) members, the limit is \(limit)"))
    }
    var names = NameList(limit: limit)
    let status = withUnsafeMutablePointer(to: &names) { names in
      H5Literate(
        object.handle.id, H5_INDEX_NAME, H5_ITER_INC, nil,
        { _, name, _, names in
          names?.assumingMemoryBound(to: NameList.self).pointee.append(name) ?? -1
        }, names)
    }
    guard !names.isFull else {
      throw attempt.failure(.tooLarge("more members than the limit of \(limit)"))
    }
    try attempt.check(status)
    return names.names
  }

  /// The names of the group's attributes, in the order of their bytes.
  ///
  /// - Throws: ``HDF5Error`` if they are damaged or too many.
  public var attributeNames: [String] {
    get throws(HDF5Error) {
      library.lock()
      defer { library.unlock() }
      return try object.attributeNames()
    }
  }

  /// Reads an attribute of the group.
  ///
  /// - Parameter name: The name of the attribute.
  /// - Returns: Its value, or nil if there is no attribute of that name.
  /// - Throws: ``HDF5Error`` if it is damaged or too large.
  public func attribute(_ name: String) throws(HDF5Error) -> AttributeValue? {
    library.lock()
    defer { library.unlock() }
    return try object.attribute(name)
  }

  /// What the link with the name `name` leads to.
  private func member(_ name: NameList.Name) -> Member {
    library.lock()
    defer { library.unlock() }
    guard !name.isCut else {
      let reason = "its name is longer than \(Limits.nameBytes) bytes"
      return Member(name: name.text, kind: .unopened(reason), address: nil, linkCount: 0)
    }
    let name = name.text
    func unreadable() -> Member {
      let reason = ErrorStack.innermostSentence()
      return Member(name: name, kind: .unreadable(reason), address: nil, linkCount: 0)
    }
    var link = H5L_info_t()
    guard name.withFileName({ H5Lget_info(object.handle.id, $0, &link, 0) }) >= 0 else {
      return unreadable()
    }
    guard link.type == H5L_TYPE_HARD else {
      let kind = LinkTarget.kind(of: link, named: name, in: object.handle.id)
      return Member(name: name, kind: kind, address: nil, linkCount: 0)
    }
    var info = H5O_info_t()
    let status = name.withFileName {
      H5Oget_info_by_name2(object.handle.id, $0, &info, UInt32(H5O_INFO_BASIC), 0)
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
