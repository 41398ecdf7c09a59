import Sandbox

/// Members of a group, for the outline of the file.
struct EntriesQuestion: Question {
  let group: Int
  let names: [String]

  func answer(_ file: LibraryFile) throws(HDF5Error) -> FoundEntries {
    var budget = OutlineBudget(objects: names.count, bytes: 4 << 20)
    var found = FoundEntries(entries: [], nameCount: 0)
    for name in names {
      guard budget.allowsMore() else { break }
      found.nameCount += 1
      guard let entry = try? file.entry(name, parent: 0, origin: group, &budget) else { continue }
      found.entries.append(entry)
    }
    return found
  }
}

extension EntriesQuestion {
  func write(to message: inout MessageWriter) {
    message.write(group)
    message.write(names) { $0.write($1) }
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    group = try message.readSize()
    names = try message.readList { (m) throws(SandboxError) in try m.readString() }
  }
}

/// The members that could be opened, before they took too much time or too many bytes.
struct FoundEntries {
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
