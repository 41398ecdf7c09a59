public import ArgumentParser
import Console
import Tensors

/// A program of this package: a command that takes its arguments as bytes and checks what
/// ArgumentParser would misread.
public protocol Program: ParsableCommand {
  /// The letters of the short options that take a value, such as `eb` for `-e 3 -b 32`.
  static var shortOptions: String { get }

  /// The letters of the short options without a value, besides `h`.
  static var shortFlags: String { get }
}

extension Program {
  /// No short options with a value.
  public static var shortOptions: String { "" }

  /// No short options but `-h`.
  public static var shortFlags: String { "" }

  /// Parses the arguments of the process and runs the program.
  ///
  /// Wrong usage ends the process with status 64 and a message on standard error.
  public static func main() {
    do {
      var command = try parseAsRoot(try checkedWords(Array(commandLineWords.dropFirst())))
      try checkInstructionSet()
      try command.run()
    } catch let error as InstructionSetError {
      printError(program: configuration.commandName ?? _commandName, message: "\(error)")
      exit(withError: ExitCode(ExitStatus.usage.rawValue))
    } catch {
      exit(withError: explained(error))
    }
  }

  /// Checks the words that follow the name of the program, and joins negative numbers to their
  /// options: `--epochs -1` becomes `--epochs=-1`.
  ///
  /// - Throws: `ValidationError` for a word that begins with a dash but is no option, which
  ///   ArgumentParser reads letter by letter: `-dash.png` would be `-d`, `-a`, `-s` and `-h`, help.
  static func checkedWords(_ words: [String]) throws -> [String] {
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
          "'\(escaped(word))' is not an option. For a file of that name write './\(escaped(word))', "
            + "or '--' before it.")
      }
      result.append(word)
    }
    return result
  }

  /// Whether a word is a negative number, or begins with one as the range `-1..1` does.
  private static func beginsAsNegativeNumber(_ word: String) -> Bool {
    guard word.hasPrefix("-") else { return false }
    return Double(word) != nil || word.dropFirst().first?.isWholeNumber == true
  }

  /// Whether a word is the name of an option that waits for a value.
  private static func takesValue(_ word: String) -> Bool {
    guard !word.contains("=") else { return false }
    if word.hasPrefix("--") { return !flagNames.contains(String(word.dropFirst(2))) }
    return word.count == 2 && word.hasPrefix("-") && shortOptions.contains(word.dropFirst())
  }

  /// Adds to the error of a value that cannot be read what values there are.
  private static func explained(_ error: any Error) -> any Error {
    let text = message(for: error)
    let words = text.split(separator: " ")
    guard text.hasPrefix("The value '"), text.hasSuffix("'"),
      let option = words.last(where: { $0.drop { $0 == "'" }.hasPrefix("--") }),
      let rule = valueRule(ofOption: String(option.drop { "'-".contains($0) }))
    else { return error }
    return ValidationError("\(text): it must be \(rule).")
  }
}
