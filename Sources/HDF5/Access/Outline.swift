import Files
import Sandbox

/// The objects of a file that a sandboxed process sends with the answer to the first request.
///
/// Most files have few objects, and then no further question is needed. Whatever is not in the
/// outline, because it is large, slow or damaged, is asked for when it is needed.
final class Outline: Sendable {
  /// An object.
  struct Entry: Sendable {
    /// The place of the group that contains it in ``entries``; -1 for the root group.
    let parent: Int
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
  }

  /// The objects; each group comes before its members.
  let entries: [Entry]
  private let children: [Child: Int]

  /// The members of groups that are not among the objects.
  private let others: Set<Child>

  /// The groups with a member whose name may have been cut.
  private let groupsWithCutNames: Set<Int>

  private struct Child: Hashable {
    let parent: Int
    let name: [UInt8]
  }

  init(_ entries: [Entry]) {
    self.entries = entries
    var children: [Child: Int] = [:]
    for (index, entry) in entries.enumerated() {
      children[Child(parent: entry.parent, name: entry.name)] = index
    }
    self.children = children
    // Looking for names in the lists themselves would take the square of their number.
    var others: Set<Child> = []
    var groupsWithCutNames: Set<Int> = []
    for (index, entry) in entries.enumerated() {
      for member in entry.members ?? [] {
        if case .unopened = member.kind { groupsWithCutNames.insert(index) }
        let child = Child(parent: index, name: Array(member.name.utf8))
        if children[child] == nil { others.insert(child) }
      }
    }
    (self.others, self.groupsWithCutNames) = (others, groupsWithCutNames)
  }

  /// The outcome of a search for a path.
  enum Found {
    /// The place of the object in ``entries``.
    case entry(Int)
    /// There is no object of this path.
    case missing(String)
    case unknown
  }

  /// Finds the object at a path from another one.
  func find(_ path: String, from start: Int) -> Found {
    var place = start
    for name in HDF5.components(of: path) {
      let child = Child(parent: place, name: Array(name))
      if let next = children[child] {
        place = next
        continue
      }
      let entry = entries[place]
      guard entry.members != nil, !others.contains(child), !groupsWithCutNames.contains(place)
      else { return .unknown }
      let parent = entry.opened.path
      return .missing("\(parent == "/" ? "" : parent)/\(String(Substring(name)))")
    }
    return .entry(place)
  }
}

extension Outline.Entry {
  /// The value of an attribute.
  ///
  /// - Returns: `nil` if the object has no such attribute; `.none` in it if it is not known.
  func attribute(_ name: String) -> AttributeValue?? {
    guard let attributeNames, let attributes else { return .none }
    // Strings that differ in bytes may be equal.
    let index = attributeNames.firstIndex { $0.utf8.elementsEqual(name.utf8) }
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
  }
}

/// The names in a path, without empty ones and `.`, which mean the same object.
func components(of path: String) -> [Substring.UTF8View] {
  path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0).utf8 }.filter {
    !$0.elementsEqual(".".utf8)
  }
}
