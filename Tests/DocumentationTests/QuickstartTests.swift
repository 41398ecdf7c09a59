import TestSupport
import Testing

/// The article Quickstart.md: its code, what it prints, and its plots.
///
/// With `CAIRN_RECORD_DOCUMENTATION=1` in the environment, the tests write the plots into the
/// catalogue and what the code prints into the article's blocks of text, instead of comparing.
@Suite("The quickstart for experts")
struct QuickstartTests {
  private let article = Documentation.article("Quickstart")

  @Test("The code of the article prints its blocks of text and draws its plots")
  func run() throws {
    try withTemporaryDirectory { directory in
      let transcript = try Transcript.of {
        try quickstart(samples: "\(packageDirectory)/samples", output: directory)
      }
      try Documentation.compare(transcript, with: article)
      for name in ["quickstart-shuffle.svg", "quickstart-optimizers.svg"] {
        try Documentation.compare(plot: "\(directory)/\(name)")
      }
    }
  }

  @Test("The blocks of the article, one after the other, are the whole function")
  func order() throws {
    func lines(_ lines: [String]) -> [String] {
      lines.map(Documentation.withoutIndentation).filter { !$0.isEmpty }
    }
    let blocks = Documentation.blocks(of: "swift", in: try readText(article)).joined()
    let source = try readText(
      "\(packageDirectory)/Tests/DocumentationTests/Articles/Quickstart.swift")
    #expect(lines(Array(blocks)) == lines(source.split(separator: "\n").map(String.init)))
  }
}
