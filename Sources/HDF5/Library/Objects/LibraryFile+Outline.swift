internal import Glibc

extension LibraryFile {
  /// The maximum number of objects of an outline.
  private static let outlineObjects = 20_000
  /// The maximum number of bytes of all names and attributes of an outline.
  private static let outlineBytes = 16 << 20
  /// The maximum depth of groups in an outline.
  private static let outlineDepth = 24
  /// The longest processor time for an outline, in units of `clock()`: half a second.
  private static let outlineTime = clock_t(500_000)

  /// Opens the objects of the file, from the root on, until a limit is reached.
  ///
  /// An object that has several hard links appears once.
  ///
  /// - Returns: The entries of an ``Outline``.
  /// - Throws: ``HDF5Error`` if the root group cannot be opened.
  func outline() throws(HDF5Error) -> [Outline.Entry] {
    let end = clock() + Self.outlineTime
    var entries = [try entry("/", name: [], parent: -1, origin: nil)]
    var depths = [0]
    var seen: Set<UInt64> = []
    var bytes = 0
    var place = 0
    while place < entries.count {
      defer { place += 1 }
      guard let members = entries[place].members, depths[place] < Self.outlineDepth else {
        continue
      }
      for member in members where [.group, .dataset].contains(member.kind) {
        guard entries.count < Self.outlineObjects, bytes < Self.outlineBytes,
          clock() < end
        else { return entries }
        guard let address = member.address, seen.insert(address).inserted,
          let entry = try? entry(
            member.name, name: Array(member.name.utf8), parent: place,
            origin: entries[place].opened.number)
        else { continue }
        bytes += entry.byteCount
        entries.append(entry)
        depths.append(depths[place] + 1)
      }
    }
    return entries
  }

  private func entry(
    _ path: String, name: [UInt8], parent: Int, origin: Int?
  ) throws(HDF5Error) -> Outline.Entry {
    let opened = try OpenQuestion(path: path, origin: origin).answer(self)
    let object = try object(opened.number)
    let identity = (try? object.identity()).map {
      Identity(address: $0.address, linkCount: $0.linkCount)
    }
    let names = try? object.attributeNames()
    var attributes: [AttributeValue]? = names == nil ? nil : []
    for name in names ?? [] {
      guard attributes != nil, (attributes?.count ?? 0) < 100,
        let value = (try? object.attribute(name)) ?? nil
      else {
        attributes = nil
        break
      }
      attributes?.append(value)
    }
    return Outline.Entry(
      parent: parent, name: name, opened: opened, identity: identity, attributeNames: names,
      attributes: attributes, members: opened.kind == .group ? try? object.members() : nil)
  }
}

extension Outline.Entry {
  /// About the number of bytes of the entry in a message.
  fileprivate var byteCount: Int {
    var count = 256 + name.count
    for name in attributeNames ?? [] { count += name.utf8.count + 16 }
    for attribute in attributes ?? [] { count += attribute.byteCount }
    for member in members ?? [] { count += member.name.utf8.count + 40 }
    return count
  }
}

extension AttributeValue {
  /// The number of bytes of the value.
  fileprivate var byteCount: Int {
    switch self {
    case .string(let text), .other(let text): text.utf8.count
    case .strings(let texts): texts.reduce(0) { $0 + $1.utf8.count + 8 }
    case .ints(let values): values.count * 8
    case .uints(let values): values.count * 8
    case .doubles(let values): values.count * 8
    default: 8
    }
  }
}
