import Glibc
import TestSupport
import Testing

/// ARCHITECTURE.md, the imports in Sources and the dependencies in Package.swift say the same.
@Suite("The module graph")
struct ModuleGraphTests {
  @Test("Picture, imports and dependencies agree")
  func agreement() throws {
    let graph = try ModuleGraph(of: packageDirectory)
    #expect(graph.imports.count > 15)
    #expect(graph.levels.count > 20)
    #expect(graph.dependencies.count > 30)
    for problem in graph.problems { Issue.record("\(problem)") }
  }

  @Test("The files and folders that ARCHITECTURE.md names exist")
  func paths() throws {
    let text = try readText("\(packageDirectory)/ARCHITECTURE.md")
    let paths = text.matches(of: /`((?:[A-Za-z]\w*\/)+[\w.+-]+)`/).map { String($0.1) }
    #expect(paths.count > 30)
    // A group inside of a checkpoint is not a file.
    for path in paths where !path.hasPrefix("training_state/") {
      let isThere = ["", "Sources/"].contains {
        access("\(packageDirectory)/\($0)\(path)", F_OK) == 0
      }
      #expect(isThere, "ARCHITECTURE.md names \(path), which does not exist.")
    }
  }

  /// Two modules, of which the upper one imports the lower one and a C module.
  private var sound: ModuleGraph {
    var graph = ModuleGraph()
    graph.levels = ["C": 0, "Low": 1, "High": 2]
    graph.arrows = ["C": [], "Low": [], "High": ["Low", "C"]]
    graph.imports = ["Low": [], "High": ["Low", "C"]]
    graph.leaves = ["C"]
    graph.dependencies = ["Low": [], "High": ["Low", "C"]]
    graph.targetImports = graph.imports
    return graph
  }

  private func expect(_ problem: String, _ change: (inout ModuleGraph) -> Void) {
    var graph = sound
    #expect(graph.problems == [])
    change(&graph)
    #expect(graph.problems.contains { $0.contains(problem) }, "\(graph.problems)")
  }

  @Test("An import that the picture does not allow is reported")
  func forbiddenImport() {
    expect("High imports Crypto, which ARCHITECTURE.md does not allow") {
      $0.imports["High", default: []].insert("Crypto")
    }
  }

  @Test("An arrow that no import uses is reported")
  func unusedArrow() {
    expect("shows Low → C, but no file of Low imports C") { $0.arrows["Low"] = ["C"] }
  }

  @Test("A module that is missing in the picture is reported, and one that is only there")
  func missingModule() {
    expect("Low is in Sources, but missing in the diagram") { $0.levels["Low"] = nil }
    expect("Low is in Sources, but has no row") { $0.arrows["Low"] = nil }
    expect("C is in Sources, but has no row") { $0.arrows["C"] = nil }
    expect("shows Gone, but there is no such module") { $0.arrows["Gone"] = [] }
  }

  @Test("A dependency that no source imports is reported, and an import without a dependency")
  func unusedDependency() {
    expect("Low depends on C in Package.swift, but no file of Low imports it") {
      $0.dependencies["Low"] = ["C"]
    }
    expect("High imports Low without a dependency") { $0.dependencies["High"] = ["C"] }
  }

  @Test("A cycle is reported, and an arrow that points up a level")
  func cycle() {
    expect("Low (level 1) → High (level 2) points up a level") { $0.arrows["Low"] = ["High"] }
    expect("High, Low form a cycle") {
      $0.arrows["Low"] = ["High"]
      $0.levels["Low"] = 2
    }
  }

  @Test(
    "An import is found with every attribute and access level",
    arguments: [
      "import Zip", "public import Zip", "package import Zip", "@testable import Zip",
      "@_exported public import Zip", "@_spi(Tests) import Zip", "import struct Zip.ZipArchive",
    ])
  func declarations(line: String) {
    #expect(importedModules(in: "import Glibc\n\(line)  // reads archives\n") == ["Glibc", "Zip"])
  }

  @Test("The word in a comment or a string is not an import")
  func words() {
    #expect(importedModules(in: "/// import Zip\nlet text = \"\"\"\n  import Zip\n") == [])
  }
}
