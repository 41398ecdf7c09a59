import TestSupport
import Testing

/// The Swift code in README.md, in the articles and in the comments of public declarations is code
/// of the folders Articles and Examples, which is compiled, and run by the other tests.
@Suite("Code in the documentation")
struct CodeTests {
  /// The lines of each source file of the articles and examples, without indentation.
  private let sources: [[String]]

  init() throws {
    let folder = "\(packageDirectory)/Tests/DocumentationTests"
    var sources: [[String]] = []
    for part in ["Articles", "Examples"] {
      for name in names(in: "\(folder)/\(part)") where name.hasSuffix(".swift") {
        let text = try readText("\(folder)/\(part)/\(name)")
        sources.append(
          text.split(separator: "\n", omittingEmptySubsequences: false)
            .map(Documentation.withoutIndentation))
      }
    }
    self.sources = sources
  }

  private func isCompiled(_ block: [String]) -> Bool {
    sources.contains { $0.contains(block) }
  }

  @Test("Each block of Swift on a page is compiled")
  func pages() throws {
    for page in Documentation.pages() {
      for block in Documentation.blocks(of: "swift", in: try readText(page)) {
        #expect(isCompiled(block), "\(page): \(block.prefix(3))")
      }
    }
  }

  /// The lines of the documentation comments of a source file, with their marks.
  private func comments(_ path: String) throws -> [Substring] {
    try readText("\(packageDirectory)/Sources/\(path)")
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("///") }
  }

  /// The paths of the source files, below Sources.
  private var sourceFiles: [String] {
    files(below: "\(packageDirectory)/Sources").filter { $0.hasSuffix(".swift") }
  }

  @Test("A block in a comment is fenced, so that its language is known")
  func fences() throws {
    for path in sourceFiles {
      let lines = try comments(path)
      for (previous, line) in zip(lines, lines.dropFirst())
      where previous == "///" && line.hasPrefix("///     ") {
        Issue.record("\(path): \(line)")
      }
    }
  }

  @Test("Each block of Swift in a comment is compiled")
  func comments() throws {
    for path in sourceFiles {
      let comments = try comments(path).joined(separator: "\n")
      for block in Documentation.blocks(of: "swift", in: comments) {
        #expect(isCompiled(block), "\(path): \(block.prefix(3))")
      }
    }
  }
}
