internal import CHDF5

extension LibraryObject {
  /// The links in this group; see ``Group/members``.
  func members() throws(HDF5Error) -> [Member] { try names().map(member) }

  private func names() throws(HDF5Error) -> [NameList.Name] {
    let attempt = attempt(.list)
    let id = handle.id
    let limit = file.limits.membersPerGroup
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
    let id = handle.id
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
