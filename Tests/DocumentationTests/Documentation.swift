import TestSupport

/// The pages of the documentation: README.md and the articles of the catalogue.
enum Documentation {
  /// The folder of the catalogue.
  static let catalogue = "\(packageDirectory)/Sources/Cairn/Cairn.docc"

  /// The paths of all pages.
  static func pages() -> [String] {
    ["\(packageDirectory)/README.md", "\(catalogue)/Cairn.md"]
      + names(in: "\(catalogue)/Guides").filter { $0.hasSuffix(".md") }.sorted()
      .map { "\(catalogue)/Guides/\($0)" }
  }

  /// The path of an article.
  static func article(_ name: String) -> String { "\(catalogue)/Guides/\(name).md" }

  /// The fenced blocks of a page in one language, each without the indentation of its lines.
  ///
  /// - Parameters:
  ///   - language: What stands behind the opening fence, such as `swift`.
  ///   - text: The page, or the documentation comments of a source file.
  /// - Returns: The lines of each block.
  static func blocks(of language: String, in text: String) -> [[String]] {
    var blocks: [[String]] = []
    var block: [String]?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let content = withoutIndentation(line)
      if content == "```\(language)", block == nil {
        block = []
      } else if content == "```", let whole = block {
        blocks.append(whole)
        block = nil
      } else {
        block?.append(language == "swift" ? content : String(line))
      }
    }
    return blocks
  }

  /// A line without the blanks before and after it, and without the marks of a comment.
  static func withoutIndentation(_ line: some StringProtocol) -> String {
    var rest = line.drop { $0 == " " }
    if rest.hasPrefix("///") { rest = rest.dropFirst(3).drop { $0 == " " } }
    while rest.last == " " { rest = rest.dropLast() }
    return String(rest)
  }
}
