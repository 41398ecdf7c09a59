import TestSupport

extension ModuleGraph {
  /// Reads ARCHITECTURE.md, Package.swift and the imports of every target.
  ///
  /// - Parameter root: The folder of the package.
  /// - Throws: An error if a file cannot be read.
  init(of root: String) throws {
    self.init()
    readPicture(try readText("\(root)/ARCHITECTURE.md"))

    let targets = PackageTarget.all(in: try readText("\(root)/Package.swift"))
    let executables = Set(targets.filter { $0.kind == "executableTarget" }.map(\.name))
    // A target in C names no module in an import.
    for target in targets where !swiftFiles(below: "\(root)/\(target.path)").isEmpty {
      // Tests depend on the programs that they run.
      dependencies[target.name] = Set(target.dependencies)
        .subtracting(target.kind == "testTarget" ? executables : [])
      targetImports[target.name] = try importedModules("\(root)/\(target.path)")
    }
    for module in names(in: "\(root)/Sources") {
      let folder = "\(root)/Sources/\(module)"
      if swiftFiles(below: folder).isEmpty {
        leaves.insert(module)
      } else {
        imports[module] = try importedModules(folder).subtracting(ModuleGraph.system)
      }
    }
  }

  /// Reads the levels from the block after "## Modules" and the arrows from the table below it.
  mutating func readPicture(_ text: String) {
    guard let start = text.firstRange(of: "\n## Modules\n") else { return }
    var section = text[start.upperBound...]
    if let end = section.firstRange(of: "\n## ") { section = section[..<end.lowerBound] }
    for line in section.split(separator: "\n") {
      // "4  models in files   Checkpoints"
      if let match = line.wholeMatch(of: /(\d+) {2,}.*? {2,}(.+)/), let level = Int(match.1) {
        for name in match.2.split(separator: " ") { levels[String(name)] = level }
      }
      // "| `Zip` | `CZlib`, `Preconditions` | … |"
      let cells = line.split(separator: "|", omittingEmptySubsequences: false)
      guard cells.count >= 3, let module = cells[1].firstMatch(of: /`(\w+)`/) else { continue }
      arrows[String(module.1)] = Set(cells[2].matches(of: /`(\w+)`/).map { String($0.1) })
    }
  }
}

/// A target as Package.swift declares it.
private struct PackageTarget {
  let kind: String
  let name: String
  let path: String
  let dependencies: [String]

  /// The targets with code, in the order of the file.
  static func all(in package: String) -> [PackageTarget] {
    // Dependencies with a name of their own:
    // `let argumentParser: … = .product(name: "ArgumentParser"`.
    var products: [String: String] = [:]
    let named = /let (\w+): Target\.Dependency = \.product\(\s*name: "(\w+)"/
    for match in package.matches(of: named) { products[String(match.1)] = String(match.2) }

    return package.matches(of: /\.(target|executableTarget|testTarget)\(\s*name: "([\w-]+)"/).map {
      let (kind, name) = (String($0.1), String($0.2))
      let body = package[$0.range.lowerBound...].upTo(closing: "(", with: ")")
      var path = body.firstMatch(of: /path: "([^"]+)"/).map { String($0.1) }
      path = path ?? "\(kind == "testTarget" ? "Tests" : "Sources")/\(name)"
      var list = Substring()
      if let start = body.firstRange(of: "dependencies: ") {
        list = body[start.upperBound...].upTo(closing: "[", with: "]")
      }
      let packages = list.replacing(/, package: "[^"]+"/, with: "")
      let dependencies =
        packages.matches(of: /"([\w-]+)"/).map { String($0.1) }
        + products.filter { list.contains($0.key) }.map(\.value)
      return PackageTarget(kind: kind, name: name, path: path ?? "", dependencies: dependencies)
    }
  }
}

extension Substring {
  /// The text from its first opening bracket to the one that closes it.
  fileprivate func upTo(closing open: Character, with close: Character) -> Substring {
    var depth = 0
    for index in indices {
      if self[index] == open { depth += 1 }
      if self[index] == close {
        depth -= 1
        if depth == 0 { return self[...index] }
      }
    }
    return self
  }
}

/// The files of Swift in a folder and in those below it.
private func swiftFiles(below folder: String) -> [String] {
  files(below: folder).filter { $0.hasSuffix(".swift") }.map { "\(folder)/\($0)" }
}

/// The modules that the files of a folder import.
private func importedModules(_ folder: String) throws -> Set<String> {
  var modules: Set<String> = []
  for file in swiftFiles(below: folder) {
    modules.formUnion(importedModules(in: try readText(file)))
  }
  return modules
}

/// The modules that a file of Swift imports, whatever the access level and the attributes.
///
/// - Parameter text: The text of the file.
/// - Returns: Their names.
func importedModules(in text: String) -> Set<String> {
  let declaration =
    /(?:@\w+(?:\(\w+\))? +)*(?:(?:public|package|\w*private|internal) +)?import +([a-z]+ +)?(\w+).*/
  return Set(
    text.split(separator: "\n").compactMap { line in
      line.contains("import ") ? (line.wholeMatch(of: declaration)?.2).map(String.init) : nil
    })
}
