/// The parts of two files that are not compared.
struct IgnoredParts {
  /// Parts that are accepted even if no file contains them.
  static let sections = [
    "model", "optimizer", "training_state", "pictures", "environment", "attributes",
  ]

  private let names: [String]
  private var known: Set<String> = []

  /// Creates the parts with the user's names.
  init(_ names: [String]) {
    self.names = names.map { name in name.hasPrefix("/") ? String(name.dropFirst()) : name }
  }

  /// Whether an item is ignored.
  ///
  /// - Parameters:
  ///   - name: The name of the item, such as `optimizer/d1/kernel/momentum` or `d1/kernel`.
  ///   - section: The section that contains it, if any.
  /// - Returns: Whether the item or a part that contains it is ignored.
  mutating func contains(_ name: String, in section: String? = nil) -> Bool {
    let name = name.hasPrefix("/") ? String(name.dropFirst()) : name
    // `history` is short for `training_state/history`.
    let short =
      section.flatMap { name.hasPrefix("\($0)/") ? String(name.dropFirst($0.utf8.count + 1)) : nil }
    var prefixes = section.map { [$0] } ?? []
    for name in [name, short].compactMap(\.self) {
      // No name on a command line has more components.
      for (index, character) in name.prefix(1024).enumerated() where "/@".contains(character) {
        prefixes.append(String(name.prefix(index)))
      }
      prefixes.append(name)
    }
    known.formUnion(prefixes)
    return names.contains { prefixes.contains($0) }
  }

  /// Checks that each name refers to something, after all items have been looked up.
  ///
  /// - Throws: ``InspectionError`` with the most similar valid name.
  func check() throws(InspectionError) {
    let all = known.union(IgnoredParts.sections)
    for name in names where !all.contains(name) {
      throw .ignored(name, similar: name.nearest(of: all.sorted()))
    }
  }
}
