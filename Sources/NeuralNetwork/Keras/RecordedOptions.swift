/// The options of a layer in a file, with a record of those that were asked for.
final class RecordedOptions {
  /// The options as the file has them.
  let members: [String: JSON]

  private var known: Set<String> = []

  /// Wraps options of which none has been asked for.
  init(_ members: [String: JSON]) { self.members = members }

  /// An option, if it is there and not `null`; from now on it is known.
  subscript(key: String) -> JSON? {
    known.insert(key)
    guard let value = members[key], value != .null else { return nil }
    return value
  }

  /// The options that nobody asked for and that are not `null`, sorted by their names.
  var unread: [(key: String, value: JSON)] {
    members.filter { $0.value != .null && !known.contains($0.key) }.sorted { $0.key < $1.key }
  }
}
