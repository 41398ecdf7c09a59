/// What of two files is not compared.
struct IgnoredParts {
  /// Parts that can be named whether a file has them or not.
  static let sections = ["model", "optimizer", "training_state", "environment", "attributes"]

  private let names: [String]
  private var known: Set<String> = []

  /// Takes the names that the user gave.
  init(_ names: [String]) {
    self.names = names.map { name in name.hasPrefix("/") ? String(name.dropFirst()) : name }
  }

  /// Whether something is not compared.
  ///
  /// - Parameters:
  ///   - name: What it is called, such as `optimizer/d1/kernel/momentum` or `d1/kernel`.
  ///   - section: The section that it is in, if it is in one.
  /// - Returns: True if it was named, or something that it is a part of.
  mutating func contains(_ name: String, in section: String? = nil) -> Bool {
    let name = name.hasPrefix("/") ? String(name.dropFirst()) : name
    // `history` is enough for `training_state/history`.
    let short =
      section.flatMap { name.hasPrefix("\($0)/") ? String(name.dropFirst($0.utf8.count + 1)) : nil }
    var prefixes = section.map { [$0] } ?? []
    for name in [name, short].compactMap(\.self) {
      // No name that a user gives has more parts.
      for (index, character) in name.prefix(1024).enumerated() where "/@".contains(character) {
        prefixes.append(String(name.prefix(index)))
      }
      prefixes.append(name)
    }
    known.formUnion(prefixes)
    return names.contains { prefixes.contains($0) }
  }

  /// Checks that each name means something, once everything has been asked for.
  ///
  /// - Throws: ``InspectionError`` with the nearest name that does.
  func check() throws(InspectionError) {
    let all = known.union(IgnoredParts.sections)
    for name in names where !all.contains(name) {
      throw .ignored(name, similar: name.nearest(of: all.sorted()))
    }
  }
}
