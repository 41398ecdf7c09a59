import Arguments
import Files
import Ranks

/// A command line that can be printed for use in a shell.
struct ShellCommand {
  private var program: [String]
  private var options: [Option]

  /// An option and its value, if any.
  private struct Option {
    /// The long name without the dashes.
    let name: String
    let words: [String]
  }

  /// The command line of this process, with the launcher of its job.
  static var original: ShellCommand {
    var command = ShellCommand(words: commandLineWords)
    if let launch = Launch.current, launch.size > 1 {
      command.program.insert(contentsOf: words(of: launch), at: 0)
    }
    return command
  }

  /// The words that start a job of as many processes.
  private static func words(of launch: Launch) -> [String] {
    switch launch.launcher {
    case .openMPI, .mpich: ["mpirun", "-np", "\(launch.size)"]
    case .slurm:
      ["srun", "-n", "\(launch.size)"] + (launch.slurmInterface.map { ["--mpi=\($0)"] } ?? [])
    }
  }

  /// Parses the words of a command.
  ///
  /// - Parameter words: The program name and its options, which must be valid.
  init(words: [String]) {
    let first = words.first ?? "train"
    // As the program `cairn` passes it.
    program = first == "cairn train" ? ["cairn", "train"] : [first]
    options = []
    var rest = words.dropFirst()
    while let word = rest.popFirst() {
      let name = ShellCommand.name(of: word)
      let hasValue = !word.contains("=") && !ShellCommand.isComplete(word, named: name)
      let value = hasValue ? rest.popFirst() : nil
      options.append(Option(name: name, words: [word] + (value.map { [$0] } ?? [])))
    }
  }

  /// The command, quoted for a shell where necessary.
  var text: String { (program + options.flatMap(\.words)).map(quoted).joined(separator: " ") }

  /// The command that resumes the run from the saved checkpoint.
  ///
  /// It has no `--resume` and `--overwrite`: the checkpoint records the origin of the run.
  ///
  /// - Parameters:
  ///   - epochs: The new total number of epochs; `nil` keeps the number.
  ///   - changes: Whether to keep `--change` and `--reset-optimizer`, because they have not been
  ///     applied yet.
  /// - Returns: The command.
  func resuming(epochs: Int? = nil, withChanges changes: Bool = false) -> ShellCommand {
    var dropped: Set = ["resume", "overwrite"]
    if !changes {
      dropped.formUnion(["change", "reset-optimizer"])
      // The option gives the value before the change, which the run no longer has.
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

  /// The long name of the option in a word such as `-e`, `-e5`, `--epochs` or `--epochs=5`.
  private static func name(of word: String) -> String {
    if word.hasPrefix("--") {
      return fullName(String(word.dropFirst(2).prefix { $0 != "=" }))
    }
    switch word.dropFirst().first {
    case "e": return "epochs"
    case "b": return "batch-size"
    case "v": return "verbose"
    default: return "quiet"
    }
  }

  private static func fullName(_ name: String) -> String { name == "lr" ? "learning-rate" : name }

  /// Whether a word without `=` is a complete option: a flag, or a short option with its value.
  private static func isComplete(_ word: String, named name: String) -> Bool {
    word.hasPrefix("--")
      ? Train.flagNames.contains(name) : ["quiet", "verbose"].contains(name) || word.count > 2
  }

  private func escapedForANSI(_ word: String) -> String {
    word.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
  }

  private func quoted(_ word: String) -> String {
    guard !isPlainWord(word) || word.isEmpty else { return word }
    let quoted = word.replacing("'", with: "'\\''")
    let bytes = PathText.printable(quoted)
    // Invalid UTF-8 is escaped, which shells understand only in $'…' quotes.
    return bytes == quoted
      ? "'\(quoted)'" : "$'" + PathText.printable(escapedForANSI(word)) + "'"
  }
}
