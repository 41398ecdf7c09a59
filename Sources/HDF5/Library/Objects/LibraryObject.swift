internal import CHDF5

/// An object of an open file in libhdf5: a group, a dataset or a named datatype.
final class LibraryObject {
  /// The object's identifier.
  let handle: Handle
  /// The path that the object was opened with, from the root group.
  let path: String
  /// The file that contains the object, and keeps it.
  unowned let file: LibraryFile
  /// The numbers of the chunks of a dataset whose sizes have been checked.
  var checkedChunks: Set<Int> = []

  init(_ handle: consuming Handle, path: String, file: LibraryFile) {
    self.handle = handle
    self.path = path
    self.file = file
  }

  /// The kind of the object.
  var kind: ObjectKind {
    switch H5Iget_type(handle.id) {
    case H5I_GROUP: .group
    case H5I_DATASET: .dataset
    case H5I_DATATYPE: .namedDatatype
    default: .unknown
    }
  }

  /// Begins an operation on the object.
  func attempt(_ operation: HDF5Error.Operation) -> Attempt {
    file.attempt(operation, path)
  }

  /// Returns the path of the member `name` of this group.
  func path(of name: some StringProtocol) -> String {
    path == "/" ? "/\(name)" : "\(path)/\(name)"
  }

  /// Opens the object at `path` from this object, one component at a time, through hard links only.
  ///
  /// libhdf5 itself would follow links of any kind, also into other files.
  func object(at path: String) throws(HDF5Error) -> LibraryObject {
    let components = HDF5.components(of: path)
    guard let first = components.first else {
      let handle = try unsafe Handle(H5Oopen(handle.id, ".", 0), attempt(.open))
      return LibraryObject(handle, path: self.path, file: file)
    }
    var object = try member(Substring(first))
    for component in components.dropFirst() {
      object = try object.member(Substring(component))
    }
    return object
  }

  /// Opens the object behind the hard link `name` of this group.
  private func member(_ name: Substring) throws(HDF5Error) -> LibraryObject {
    let path = path(of: name)
    let attempt = file.attempt(.open, path)
    guard H5Iget_type(handle.id) == H5I_GROUP else {
      throw file.attempt(.open, self.path).failure(.mismatch(expected: "a group", found: "\(kind)"))
    }
    guard !name.utf8.contains(0) else { throw attempt.failure(.objectNotFound) }
    let name = String(name)
    // `H5Lget_info` fails both for a missing link and for a damaged group; this call tells them
    // apart.
    let exists = try unsafe attempt.call(name.withFileName { unsafe H5Lexists(handle.id, $0, 0) })
    guard exists > 0 else { throw attempt.failure(.objectNotFound) }
    var link = H5L_info_t()
    try unsafe attempt.call(name.withFileName { unsafe H5Lget_info(handle.id, $0, &link, 0) })
    guard link.type == H5L_TYPE_HARD else {
      let kind = LinkTarget.kind(of: link, named: name, in: handle.id)
      throw attempt.failure(.linkNotFollowed(kind))
    }
    let id = unsafe name.withFileName { unsafe H5Oopen(handle.id, $0, 0) }
    // The file is not damaged: newer versions of libhdf5 write forms that this one cannot read.
    if id < 0, let reason = ErrorStack.unknownVersion {
      throw attempt.failure(.notAllowed(reason))
    }
    return LibraryObject(try Handle(id, attempt), path: path, file: file)
  }

  /// The address of the object and the number of hard links to it.
  func identity() throws(HDF5Error) -> (address: UInt64, linkCount: Int) {
    var info = H5O_info_t()
    try unsafe attempt(.open).call(H5Oget_info2(handle.id, &info, UInt32(H5O_INFO_BASIC)))
    return (UInt64(info.addr), Int(info.rc))
  }
}
