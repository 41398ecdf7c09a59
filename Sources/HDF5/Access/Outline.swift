import Files
import Sandbox
internal import Synchronization

/// The objects of a file that a sandboxed process sends with the answer to the first request.
///
/// Most files have few objects, and then no further question is needed. In a larger file, the
/// members that are not in the outline are asked for many at a time, when the first of them is
/// opened, and added. Whatever is not in the outline even so, because it is large, slow or
/// damaged, is asked for when it is needed.
final class Outline: Sendable {
  /// An object.
  struct Entry: Sendable {
    /// The place of the group that contains it in the outline; -1 for the root group.
    var parent: Int
    /// The bytes of its name.
    let name: [UInt8]
    let opened: Opened
    let identity: Identity?
    /// The names of its attributes; `nil` if they are not in the outline.
    let attributeNames: [String]?
    /// The values of all its attributes; `nil` if they are not in the outline.
    let attributes: [AttributeValue]?
    /// The links in it; `nil` if they are not in the outline.
    let members: [Member]?
    /// The places of the attributes by the bytes of their names, if they are many.
    var attributePlaces: [[UInt8]: Int] = [:]
  }

  /// The maximum number of objects of the outline, and of bytes of their names and attributes.
  ///
  /// The objects are open in the sandboxed process, where each takes about 2 KiB.
  private static let objectLimit = 65_536
  private static let byteLimit = 48 << 20
  /// The maximum number of members that are asked for at a time.
  private static let namesPerQuestion = 2048

  fileprivate struct Child: Hashable {
    let parent: Int
    let name: [UInt8]
  }

  fileprivate struct Content {
    /// The objects; each group comes before its members.
    var entries: [Entry] = []
    var children: [Child: Int] = [:]
    /// The members of groups that were not among the objects: their places in the lists of members.
    ///
    /// Looking for names in the lists themselves would take the square of their number.
    var others: [Child: Int] = [:]
    /// The groups with a member whose name may have been cut.
    var groupsWithCutNames: Set<Int> = []
    /// The members that were asked for.
    var asked: Set<Child> = []
    /// The addresses of the objects, and of those that were asked for: an object with several hard
    /// links appears once.
    var addresses: Set<UInt64> = []
    var byteCount = 0
  }

  private let content = Mutex(Content())

  init(_ entries: [Entry]) {
    content.withLock { content in
      content.entries = entries
      for (index, entry) in entries.enumerated() { content.note(entry, at: index) }
      for (index, entry) in entries.enumerated() { content.noteMembers(of: entry, at: index) }
    }
  }

  /// The root group; `nil` if a hostile answer has nothing.
  var root: Entry? { content.withLock { $0.entries.first } }

  /// The object at a place.
  subscript(place: Int) -> Entry { content.withLock { $0.entries[place] } }

  /// The outcome of a search for a path.
  enum Found {
    /// The place of an object in the outline.
    case entry(Int)
    /// There is no object of this path.
    case missing(String)
    /// The outline has no member of this name in a group, and does not know whether there is one.
    case unknown(group: Int, name: [UInt8])
  }

  /// Finds the object at a path from another one.
  func find(_ path: String, from start: Int) -> Found {
    content.withLock { content in
      var place = start
      for name in HDF5.components(of: path) {
        let child = Child(parent: place, name: Array(name))
        if let next = content.children[child] {
          place = next
          continue
        }
        let entry = content.entries[place]
        guard entry.members != nil, content.others[child] == nil,
          !content.groupsWithCutNames.contains(place)
        else { return .unknown(group: place, name: child.name) }
        let parent = entry.opened.path
        return .missing("\(parent == "/" ? "" : parent)/\(String(Substring(name)))")
      }
      return .entry(place)
    }
  }

  /// Members to ask for together.
  struct Request {
    let question: EntriesQuestion
    fileprivate let members: [Asked]
  }

  fileprivate struct Asked {
    let child: Child
    let address: UInt64
  }

  /// A request for a member that is not in the outline, and for those after it in its group and in
  /// the groups that follow.
  ///
  /// - Parameters:
  ///   - name: The bytes of the member's name.
  ///   - group: The place of the group.
  /// - Returns: `nil` if the member was asked for already, or the outline is large enough.
  func request(for name: [UInt8], in group: Int) -> Request? {
    content.withLock { content -> Request? in
      guard content.entries.count < Self.objectLimit, content.byteCount < Self.byteLimit,
        let first = content.others[Child(parent: group, name: name)]
      else { return nil }
      var members: [Asked] = []
      var names: [EntriesQuestion.Name] = []
      for place in group..<content.entries.count {
        let entry = content.entries[place]
        for member in (entry.members ?? []).dropFirst(place == group ? first : 0) {
          if let asked = content.ask(for: member, in: place) {
            members.append(asked)
            names.append(EntriesQuestion.Name(group: entry.opened.number, name: member.name))
          }
          // The others are of no use if the member itself was asked for.
          guard !names.isEmpty else { return nil }
          guard names.count < Self.namesPerQuestion else { break }
        }
        guard names.count < Self.namesPerQuestion else { break }
      }
      return Request(question: EntriesQuestion(names: names), members: members)
    }
  }

  /// Adds the members that were found.
  func add(_ found: FoundEntries, to request: Request) {
    content.withLock { content in
      // A hostile answer could claim that none was looked at, again and again.
      for member in request.members.dropFirst(max(1, found.nameCount)) {
        content.asked.remove(member.child)
        content.addresses.remove(member.address)
      }
      for var entry in found.entries where request.members.indices.contains(entry.parent) {
        entry.parent = request.members[entry.parent].child.parent
        let place = content.entries.count
        content.entries.append(entry)
        content.note(entry, at: place)
        content.noteMembers(of: entry, at: place)
      }
    }
  }
}

extension Outline.Content {
  fileprivate mutating func note(_ entry: Outline.Entry, at place: Int) {
    children[Outline.Child(parent: entry.parent, name: entry.name)] = place
    if let address = entry.identity?.address { addresses.insert(address) }
    byteCount += entry.byteCount
  }

  fileprivate mutating func noteMembers(of entry: Outline.Entry, at place: Int) {
    for (index, member) in (entry.members ?? []).enumerated() {
      if case .unopened = member.kind { groupsWithCutNames.insert(place) }
      let child = Outline.Child(parent: place, name: Array(member.name.utf8))
      if children[child] == nil { others[child] = index }
    }
  }

  /// Notes that a member is asked for; `nil` if it cannot become a part of the outline.
  fileprivate mutating func ask(for member: Member, in group: Int) -> Outline.Asked? {
    let child = Outline.Child(parent: group, name: Array(member.name.utf8))
    guard [.group, .dataset].contains(member.kind), let address = member.address,
      children[child] == nil, !asked.contains(child), addresses.insert(address).inserted
    else { return nil }
    asked.insert(child)
    return Outline.Asked(child: child, address: address)
  }
}

extension Outline.Entry {
  /// The value of an attribute.
  ///
  /// - Returns: `nil` if the object has no such attribute; `.none` in it if it is not known.
  func attribute(_ name: String) -> AttributeValue?? {
    guard let attributeNames, let attributes else { return .none }
    // Strings that differ in bytes may be equal.
    let index =
      attributePlaces.isEmpty
      ? attributeNames.firstIndex { $0.utf8.elementsEqual(name.utf8) }
      : attributePlaces[Array(name.utf8)]
    return .some(index.map { attributes[$0] })
  }
}

extension Outline.Entry: Transferable {
  func write(to message: inout MessageWriter) {
    message.write(parent)
    message.write(name)
    message.write(opened)
    message.write(identity) { $0.write($1) }
    message.write(attributeNames) { $0.write($1) }
    message.write(attributes) { $0.write($1) }
    message.write(members) { $0.write($1) }
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    parent = try message.readInt()
    name = try message.readBytes()
    opened = try message.read()
    identity = try message.readOptional { (m) throws(SandboxError) in try m.read() }
    attributeNames = try message.readOptional { (m) throws(SandboxError) in try m.read() }
    attributes = try message.readOptional { (m) throws(SandboxError) in try m.read() }
    members = try message.readOptional { (m) throws(SandboxError) in try m.read() }
    guard attributes == nil || attributes?.count == attributeNames?.count else {
      throw .malformed
    }
    guard let attributeNames, attributeNames.count > 16 else { return }
    for (place, name) in attributeNames.enumerated() {
      attributePlaces[Array(name.utf8)] = attributePlaces[Array(name.utf8)] ?? place
    }
  }
}

/// The names in a path, without empty ones and `.`, which mean the same object.
func components(of path: String) -> [Substring.UTF8View] {
  path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0).utf8 }.filter {
    !$0.elementsEqual(".".utf8)
  }
}
