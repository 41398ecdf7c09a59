/// The modules of the package as one of three sources describes them, and the rules that all three
/// obey.
///
/// The picture is in ARCHITECTURE.md, the imports are in Sources, the dependencies are in
/// Package.swift.
struct ModuleGraph {
  /// The level of each module in the picture, from 0 at the bottom.
  var levels: [String: Int] = [:]

  /// The modules that each module imports, as the table of the picture says.
  var arrows: [String: Set<String>] = [:]

  /// The modules that each module of Sources imports, without those of the system.
  var imports: [String: Set<String>] = [:]

  /// The dependencies of each target of Package.swift that code can import.
  var dependencies: [String: Set<String>] = [:]

  /// The modules that each target of Package.swift imports, tools and tests included.
  var targetImports: [String: Set<String>] = [:]

  /// Modules that any module may import.
  static let system: Set = ["Dispatch", "Glibc", "Synchronization", "Swift"]

  /// Modules that contain C and import nothing.
  var leaves: Set<String> = []

  /// Every rule that does not hold, as a sentence that says what to change.
  var problems: [String] {
    missing + unequal + upward + cycles + unused
  }

  private var missing: [String] {
    let modules = Set(imports.keys).union(leaves)
    return modules.sorted().flatMap { module -> [String] in
      var problems: [String] = []
      if levels[module] == nil {
        problems.append("\(module) is in Sources, but missing in the diagram of ARCHITECTURE.md.")
      }
      if arrows[module] == nil {
        problems.append("\(module) is in Sources, but has no row in the table of ARCHITECTURE.md.")
      }
      return problems
    }
      + Set(levels.keys).union(arrows.keys).subtracting(modules).sorted().map {
        "ARCHITECTURE.md shows \($0), but there is no such module in Sources."
      }
  }

  private var unequal: [String] {
    imports.keys.sorted().flatMap { module -> [String] in
      guard let allowed = arrows[module] else { return [] }
      let imported = imports[module, default: []]
      return imported.subtracting(allowed).sorted().map {
        "\(module) imports \($0), which ARCHITECTURE.md does not allow: "
          + "remove the import, or add \($0) to the row of \(module)."
      }
        + allowed.subtracting(imported).sorted().map {
          "ARCHITECTURE.md shows \(module) → \($0), but no file of \(module) imports \($0): "
            + "remove it from the row of \(module)."
        }
    }
  }

  private var upward: [String] {
    arrows.keys.sorted().flatMap { module in
      arrows[module, default: []].sorted().compactMap { imported in
        guard let from = levels[module], let to = levels[imported], to > from else { return nil }
        return "\(module) (level \(from)) → \(imported) (level \(to)) points up a level."
      }
    }
  }

  /// Modules that import each other, after all others have been taken away from the bottom and the
  /// top.
  private var cycles: [String] {
    var rest = arrows.mapValues { $0.intersection(arrows.keys) }
    var isChanged = true
    while isChanged {
      let imported = rest.values.reduce(into: Set<String>()) { $0.formUnion($1) }
      let others = rest.filter { $1.isEmpty || !imported.contains($0) }.keys
      isChanged = !others.isEmpty
      for module in others { rest[module] = nil }
      rest = rest.mapValues { $0.subtracting(others) }
    }
    return rest.isEmpty ? [] : ["\(rest.keys.sorted().joined(separator: ", ")) form a cycle."]
  }

  private var unused: [String] {
    dependencies.keys.sorted().flatMap { target -> [String] in
      let imported = targetImports[target, default: []]
      let declared = dependencies[target, default: []]
      return declared.subtracting(imported).sorted().map {
        "\(target) depends on \($0) in Package.swift, but no file of \(target) imports it."
      }
        + imported.intersection(dependencies.keys).subtracting(declared).sorted().map {
          "\(target) imports \($0) without a dependency in Package.swift."
        }
    }
  }
}
