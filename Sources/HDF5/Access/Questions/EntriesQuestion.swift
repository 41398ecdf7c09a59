import Sandbox

/// Members of groups, for the outline of the file.
struct EntriesQuestion: Question {
  /// A member of a group.
  struct Name {
    /// The number of the open group.
    let group: Int
    let name: String
  }

  let names: [Name]

  func answer(_ file: LibraryFile) throws(HDF5Error) -> FoundEntries {
    var budget = OutlineBudget(objects: names.count, bytes: 4 << 20)
    var found = FoundEntries(entries: [], nameCount: 0)
    for (index, name) in names.enumerated() {
      guard budget.allowsMore() else { break }
      found.nameCount += 1
      guard let entry = try? file.entry(name.name, parent: index, origin: name.group, &budget)
      else { continue }
      found.entries.append(entry)
    }
    return found
  }
}

extension EntriesQuestion {
  func write(to message: inout MessageWriter) {
    message.write(names) { message, name in
      message.write(name.group)
      message.write(name.name)
    }
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    names = try message.readList { (m) throws(SandboxError) in
      Name(group: try m.readSize(), name: try m.readString())
    }
  }
}

/// The members that could be opened, before they took too much time or too many bytes.
struct FoundEntries {
  /// The members; ``Outline/Entry/parent`` is the place of the name in the question.
  var entries: [Outline.Entry]
  /// The number of names that were looked at, from the first.
  var nameCount: Int
}

extension FoundEntries: Transferable {
  func write(to message: inout MessageWriter) {
    message.write(entries) { $0.write($1) }
    message.write(nameCount)
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    entries = try message.readList { (m) throws(SandboxError) in try m.read() }
    nameCount = try message.readSize()
  }
}
