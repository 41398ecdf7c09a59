import Glibc
import TestSupport
import Testing

extension Documentation {
  /// Whether the tests write results into the articles instead of comparing them: with
  /// `CAIRN_RECORD_DOCUMENTATION=1` in the environment.
  static var isRecording: Bool {
    unsafe getenv("CAIRN_RECORD_DOCUMENTATION").map { unsafe String(cString: $0) } == "1"
  }

  /// Compares what the code of an article printed with the article's blocks of text, or replaces
  /// their lines.
  ///
  /// Recording keeps the number of lines of each block: a code that prints more or less needs
  /// blocks with as many lines, of any content.
  static func compare(_ transcript: String, with article: String) throws {
    let page = try readText(article)
    let printed = transcript.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .map(String.init)
    let shown = blocks(of: "text", in: page).joined()
    guard isRecording else {
      for (line, (printed, shown)) in zip(printed, shown).enumerated() where printed != shown {
        Issue.record("Line \(line + 1) of the output is\n\(printed)\nbut in \(article)\n\(shown)")
      }
      #expect(printed.count == shown.count, "\(article) shows another number of lines.")
      return
    }
    try #require(
      printed.count == shown.count,
      "\(article) has \(shown.count) lines of text for these \(printed.count):\n\(transcript)")
    var rest = printed[...]
    var isText = false
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      defer {
        if line == "```text" { isText = true } else if line == "```" { isText = false }
      }
      return isText && line != "```" ? rest.removeFirst() : String(line)
    }
    try writeBytes(Array(lines.joined(separator: "\n").utf8), to: article)
  }

  /// Compares a plot that the code of an article drew with that of the same name in the catalogue,
  /// or replaces it.
  static func compare(plot path: String) throws {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let shown = "\(catalogue)/Resources/\(name)"
    guard isRecording else {
      #expect(try isFile(shown, try readBytes(path)), "\(shown) is not what the code draws.")
      return
    }
    try writeBytes(try readBytes(path), to: shown)
  }
}
