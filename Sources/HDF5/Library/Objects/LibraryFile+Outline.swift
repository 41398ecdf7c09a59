extension LibraryFile {
  /// The maximum depth of groups in an outline.
  private static let outlineDepth = 24

  /// Opens the objects of the file, from the root on, until a limit is reached.
  ///
  /// An object that has several hard links appears once.
  ///
  /// - Returns: The entries of an ``Outline``.
  /// - Throws: ``HDF5Error`` if the root group cannot be opened.
  func outline() throws(HDF5Error) -> [Outline.Entry] {
    var budget = OutlineBudget(objects: 20_000, bytes: 16 << 20)
    var entries = [try entry("/", parent: -1, origin: nil, &budget)]
    var depths = [0]
    var seen: Set<UInt64> = []
    var place = 0
    while place < entries.count {
      defer { place += 1 }
      guard let members = entries[place].members, depths[place] < Self.outlineDepth else {
        continue
      }
      for member in members where [.group, .dataset].contains(member.kind) {
        guard budget.allowsMore() else { return entries }
        guard let address = member.address, seen.insert(address).inserted,
          let entry = try? entry(
            member.name, parent: place, origin: entries[place].opened.number, &budget)
        else { continue }
        entries.append(entry)
        depths.append(depths[place] + 1)
      }
    }
    return entries
  }

  /// Opens an object for the outline.
  ///
  /// - Parameters:
  ///   - name: Its name in the group; `/` for the root group.
  ///   - parent: The place of the group in the outline.
  ///   - origin: The number of the group; `nil` for the root group.
  ///   - budget: What the outline may still take; the entry is subtracted.
  /// - Returns: The entry.
  /// - Throws: ``HDF5Error`` if it cannot be opened.
  func entry(
    _ name: String, parent: Int, origin: Int?, _ budget: inout OutlineBudget
  ) throws(HDF5Error) -> Outline.Entry {
    let opened = try OpenQuestion(path: name, origin: origin).answer(self)
    let object = try object(opened.number)
    let identity = (try? object.identity()).map {
      Identity(address: $0.address, linkCount: $0.linkCount)
    }
    let names = try? object.attributeNames()
    let entry = Outline.Entry(
      parent: parent, name: origin == nil ? [] : Array(name.utf8), opened: opened,
      identity: identity, attributeNames: names,
      attributes: names.flatMap { attributes($0, of: object, budget) },
      members: opened.kind == .group ? try? object.members() : nil)
    budget.spend(objects: 1, bytes: entry.byteCount)
    return entry
  }

  /// The values of all attributes; `nil` if one is damaged, or they are too many.
  private func attributes(
    _ names: [String], of object: LibraryObject, _ budget: OutlineBudget
  ) -> [AttributeValue]? {
    var budget = budget
    var attributes: [AttributeValue] = []
    for name in names {
      guard budget.allowsMore(), let value = (try? object.attribute(name)) ?? nil else {
        return nil
      }
      budget.spend(bytes: value.byteCount)
      attributes.append(value)
    }
    return attributes
  }
}

extension Outline.Entry {
  /// About the number of bytes of the entry in a message.
  var byteCount: Int {
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
