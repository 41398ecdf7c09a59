import Arguments
import SystemPaths

/// A command line that can be copied into a shell.
struct ShellCommand {
  private let program: String
  private var options: [Option]

  /// An option, with its value if it has one.
  private struct Option {
    /// The long name without the dashes.
    let name: String
    let words: [String]
  }

  /// The command that this process was started with.
  static var original: ShellCommand { ShellCommand(words: commandLineWords) }

  /// Takes the words of a command apart.
  ///
  /// - Parameter words: The program and its options, which are known to be valid.
  init(words: [String]) {
    program = words.first ?? "train"
    options = []
    var rest = words.dropFirst()
    while let word = rest.popFirst() {
      let name = ShellCommand.name(of: word)
      let hasValue = !word.contains("=") && !ShellCommand.isComplete(word, named: name)
      let value = hasValue ? rest.popFirst() : nil
      options.append(Option(name: name, words: [word] + (value.map { [$0] } ?? [])))
    }
  }

  /// The command, with the words quoted that a shell would change.
  var text: String { ([program] + options.flatMap(\.words)).map(quoted).joined(separator: " ") }

  /// The command that goes on from what this one saved.
  ///
  /// Where the run began and what was changed is in the checkpoint now.
  ///
  /// - Parameters:
  ///   - epochs: How many epochs there are to be in all, if more than before.
  ///   - changes: Whether what was to be changed is still to be changed.
  /// - Returns: The command.
  func resuming(epochs: Int? = nil, withChanges changes: Bool = false) -> ShellCommand {
    var dropped: Set = ["resume", "overwrite"]
    if !changes {
      dropped.formUnion(["change", "reset-optimizer"])
      // The value before a change is no longer that of the run.
      for option in options where option.name == "change" {
        let change = option.words.joined(separator: "=").drop { $0 == "-" }.split(separator: "=")
        if change.count > 1 { dropped.insert(ShellCommand.fullName(String(change[1]))) }
      }
    }
    var added: [Option] = []
    if let epochs {
      dropped.formUnion(["max-steps", "epochs"])
      added = [Option(name: "epochs", words: ["--epochs", "\(epochs)"])]
    }
    var command = self
    command.options = options.filter { !dropped.contains($0.name) } + added
    return command
  }

  /// The long name of the option that a word is, or begins.
  private static func name(of word: String) -> String {
    if word.hasPrefix("--") {
      return fullName(String(word.dropFirst(2).prefix { $0 != "=" }))
    }
    switch word.dropFirst().first {
    case "e": return "epochs"
    case "b": return "batch-size"
    default: return "quiet"
    }
  }

  private static func fullName(_ name: String) -> String { name == "lr" ? "learning-rate" : name }

  /// Whether an option without a `=` has its value in the same word, or has none.
  private static func isComplete(_ word: String, named name: String) -> Bool {
    word.hasPrefix("--") ? Train.flagNames.contains(name) : name == "quiet" || word.count > 2
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
