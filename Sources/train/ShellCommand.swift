import Arguments
import SystemPaths

/// A command line that can be copied into a shell.
struct ShellCommand {
  private var words: [String]

  /// The command that this process was started with.
  static var original: ShellCommand { ShellCommand(words: commandLineWords) }

  /// The command, with the words quoted that a shell would change.
  var text: String { words.map(quoted).joined(separator: " ") }

  /// The command that goes on from what this one saved.
  ///
  /// - Parameter epochs: How many epochs there are to be in all, if more than before.
  /// - Returns: The command.
  func resuming(epochs: Int? = nil) -> ShellCommand {
    var command = self
    command.remove("--resume", hasValue: true)
    command.remove("--overwrite", hasValue: false)
    if let epochs {
      command.remove("--max-steps", hasValue: true)
      command.remove("--epochs", hasValue: true)
      command.remove("-e", hasValue: true)
      command.words += ["--epochs", "\(epochs)"]
    }
    return command
  }

  private mutating func remove(_ option: String, hasValue: Bool) {
    words.removeAll { $0.hasPrefix(option + "=") }
    while let index = words.firstIndex(of: option) {
      words.removeSubrange(index..<min(index + (hasValue ? 2 : 1), words.count))
    }
  }

  private func escapedForANSI(_ word: String) -> String {
    word.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
  }

  private func quoted(_ word: String) -> String {
    let isPlain = word.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=:,+@%".contains($0))
    }
    guard !isPlain || word.isEmpty else { return word }
    let quoted = word.replacing("'", with: "'\\''")
    let bytes = PathText.printable(quoted)
    // A byte that is not UTF-8 is spelled out, which shells read in this form of quotes only.
    return bytes == quoted
      ? "'\(quoted)'" : "$'" + PathText.printable(escapedForANSI(word)) + "'"
  }
}
