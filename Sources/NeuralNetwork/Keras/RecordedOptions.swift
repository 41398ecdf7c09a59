import JSON

/// The options of a layer in a file, with a record of those that were read.
final class RecordedOptions {
  /// The options of the file.
  let members: JSON.Object

  private var known: Set<String> = []

  /// Creates a record of options, none of which has been read.
  init(_ members: JSON.Object) { self.members = members }

  /// Reads an option, and records it as read; `nil` if it is missing or `null`.
  subscript(key: String) -> JSON? {
    known.insert(key)
    guard let value = members[key], value != .null else { return nil }
    return value
  }

  /// The options that were not read and are not `null`, sorted by name.
  var unread: [(key: String, value: JSON)] {
    members.filter { $0.value != .null && !known.contains($0.key) }.sorted { $0.key < $1.key }
  }
}
