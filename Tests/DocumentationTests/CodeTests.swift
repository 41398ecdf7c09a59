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

  @Test("Each block of Swift in a comment is compiled")
  func comments() throws {
    for path in files(below: "\(packageDirectory)/Sources") where path.hasSuffix(".swift") {
      let comments = try readText("\(packageDirectory)/Sources/\(path)")
        .split(separator: "\n", omittingEmptySubsequences: false)
        .filter { $0.drop { $0 == " " }.hasPrefix("///") }.joined(separator: "\n")
      for block in Documentation.blocks(of: "swift", in: comments) {
        #expect(isCompiled(block), "\(path): \(block.prefix(3))")
      }
    }
  }
}
