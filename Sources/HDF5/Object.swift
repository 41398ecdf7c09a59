internal import CHDF5

/// A group, dataset or named datatype of an open file: what the three have in common.
struct Object: ~Copyable, Sendable {
  /// The object's identifier.
  ///
  /// Before `file`, so that it is released before the file is.
  let handle: Handle
  /// The path by which the object was reached, from the root.
  let path: String
  /// The file it is in.
  let file: OpenFile

  init(_ handle: consuming Handle, path: String, file: OpenFile) {
    self.handle = handle
    self.path = path
    self.file = file
  }

  /// The kind of object, in words.
  var kind: String {
    switch H5Iget_type(handle.id) {
    case H5I_GROUP: "a group"
    case H5I_DATASET: "a dataset"
    case H5I_DATATYPE: "a named datatype"
    default: "an unknown object"
    }
  }

  func attempt(_ operation: HDF5Error.Operation) -> Attempt {
    file.attempt(operation, path)
  }

  /// The path of the member `name`.
  func path(of name: some StringProtocol) -> String {
    path == "/" ? "/\(name)" : "\(path)/\(name)"
  }

  /// Follows `path` from this object, one component at a time, through hard links only.
  ///
  /// libhdf5 would follow links of any kind by itself, to other files too.
  func object(at path: String) throws(HDF5Error) -> Object {
    let components = path.utf8.split(separator: UInt8(ascii: "/")).filter {
      !$0.elementsEqual(".".utf8)
    }
    guard let first = components.first else {
      let handle = try Handle(H5Oopen(handle.id, ".", 0), attempt(.open))
      return Object(handle, path: self.path, file: file)
    }
    var object = try member(Substring(first))
    for component in components.dropFirst() {
      object = try object.member(Substring(component))
    }
    return object
  }

  /// Opens the object that the hard link `name` of this group leads to.
  private func member(_ name: Substring) throws(HDF5Error) -> Object {
    let path = path(of: name)
    let attempt = file.attempt(.open, path)
    guard H5Iget_type(handle.id) == H5I_GROUP else {
      throw file.attempt(.open, self.path).failure(.mismatch(expected: "a group", found: kind))
    }
    guard !name.utf8.contains(0) else { throw attempt.failure(.objectNotFound) }
    let name = String(name)
    // Asking for the link's properties cannot tell a missing one from a damaged group.
    let exists = name.withFileName { H5Lexists(handle.id, $0, 0) }
    guard exists >= 0 else { throw attempt.failure() }
    guard exists > 0 else { throw attempt.failure(.objectNotFound) }
    var link = H5L_info_t()
    try attempt.check(name.withFileName { H5Lget_info(handle.id, $0, &link, 0) })
    guard link.type == H5L_TYPE_HARD else {
      let kind = LinkTarget.kind(of: link, named: name, in: handle.id)
      throw attempt.failure(.linkNotFollowed(kind))
    }
    let id = name.withFileName { H5Oopen(handle.id, $0, 0) }
    // Not damage: later versions of libhdf5 write more than the one that this program is linked with can read.
    if id < 0, let reason = ErrorStack.unknownVersion {
      throw attempt.failure(.notAllowed(reason))
    }
    return Object(try Handle(id, attempt), path: path, file: file)
  }

  /// The address and the link count.
  func identity() throws(HDF5Error) -> (address: UInt64, linkCount: Int) {
    var info = H5O_info_t()
    try attempt(.open).check(H5Oget_info2(handle.id, &info, UInt32(H5O_INFO_BASIC)))
    return (UInt64(info.addr), Int(info.rc))
  }
}
