public import ArgumentParser
import Console
import Tensors

/// A command whose arguments keep their bytes, and whose words are checked before ArgumentParser,
/// which misreads file names that begin with a dash.
public protocol Program: ParsableCommand {
  /// The letters of the short options with a value, such as `eb` for `-e 3 -b 32`.
  static var shortOptions: String { get }

  /// The letters of the short options without a value, except `h`.
  static var shortFlags: String { get }

  /// Whether another process prints the help, notes and errors, because this one is one of several
  /// with the same arguments.
  static var isSilent: Bool { get }

  /// Maps an error to its sentence, a hint and the exit status.
  ///
  /// - Parameter error: An error that ends the program.
  /// - Returns: The report for the user.
  func report(of error: any Error) -> ErrorReport
}

extension Program {
  /// No short options with a value.
  public static var shortOptions: String { "" }

  /// This process prints its messages itself.
  public static var isSilent: Bool { false }

  /// No short options but `-h`.
  public static var shortFlags: String { "" }

  /// Parses the arguments of the process and runs the program.
  ///
  /// A usage error exits with status 64 and a message on standard error.
  public static func main() {
    prepareStandardStreams()
    do {
      var command = try parseAsRoot(try checkedWords(Array(commandLineWords.dropFirst())))
      try checkInstructionSet()
      try command.run()
    } catch let error as InstructionSetError {
      printError(program: name, message: "\(error)")
      exit(withError: ExitCode(ExitStatus.usage.rawValue))
    } catch {
      end(with: error)
    }
  }

  /// Checks the words after the program name, and joins negative numbers to their options:
  /// `--epochs -1` becomes `--epochs=-1`.
  ///
  /// - Throws: `ValidationError` for a word that begins with a dash but is not an option.
  ///   ArgumentParser would read `-dash.png` as the flags `-d`, `-a`, `-s` and `-h`, and print
  ///   help.
  static func checkedWords(_ words: [String]) throws -> [String] {
    // The words of an unfinished command, from the shell.
    if words.first == "---completion" { return words }
    var result: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" { return result + [word] + rest }
      if let next = rest.first, beginsAsNegativeNumber(next), takesValue(word) {
        result.append("\(word)=\(next)")
        rest.removeFirst()
        continue
      }
      guard word.hasPrefix("-"), !word.hasPrefix("--"), word != "-" else {
        result.append(word)
        continue
      }
      let letters = word.dropFirst()
      let isOption =
        letters.first.map(shortOptions.contains) == true
        || letters.allSatisfy { "h\(shortFlags)".contains($0) }
      guard isOption else {
        throw ValidationError(
          "'\(escaped(word))' is not an option. For a file of that name, write "
            + "'./\(escaped(word))', or '--' before it.")
      }
      result.append(word)
    }
    return result
  }

  /// Whether a word is or begins with a negative number, as the range `-1..1` does.
  private static func beginsAsNegativeNumber(_ word: String) -> Bool {
    guard word.hasPrefix("-") else { return false }
    return Double(word) != nil || word.dropFirst().first?.isWholeNumber == true
  }

  /// Whether a word is an option whose value is the next word.
  private static func takesValue(_ word: String) -> Bool {
    guard !word.contains("=") else { return false }
    if word.hasPrefix("--") { return !flagNames.contains(String(word.dropFirst(2))) }
    return word.count == 2 && word.hasPrefix("-") && shortOptions.contains(word.dropFirst())
  }
}
