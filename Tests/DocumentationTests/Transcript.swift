import Synchronization

/// What the code of an article prints.
final class Transcript: Sendable {
  private let text = Mutex("")

  /// That of the article that runs.
  @TaskLocal static var current: Transcript?

  /// Runs the code of an article.
  ///
  /// - Returns: What it printed.
  static func of(_ code: () throws -> Void) rethrows -> String {
    let transcript = Transcript()
    try $current.withValue(transcript) { try code() }
    return transcript.text.withLock { $0 }
  }

  func append(_ more: String) { text.withLock { $0 += more } }
}

/// The `print` of the articles, so that their code is the same here as on the page.
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {
  let text = items.map { "\($0)" }.joined(separator: separator)
  Transcript.current?.append(text + terminator)
}
