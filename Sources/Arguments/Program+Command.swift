import ArgumentParser
import Console
import Glibc

/// Returns the words with which a user starts a program of Cairn: `cairn inspect` in a program that
/// `cairn` has started, otherwise `inspect`.
///
/// - Parameter program: The name of the program.
/// - Returns: One or two words.
public func command(of program: String) -> String {
  isStartedByCairn ? "cairn \(program)" : program
}

/// Whether the program `cairn` has started this one: it then passes both names as the first word.
private let isStartedByCairn = commandLineWords.first?.hasPrefix("cairn ") == true

extension Program {
  /// Ends the process with the message and the exit code of an error, as ArgumentParser does, but
  /// with the words that start the program.
  ///
  /// - Parameter error: An error, or a request for help.
  static func end(with error: any Error) -> Never {
    // The end of most runs. ArgumentParser would first compose the help that it does not print.
    if let code = error as? ExitCode, code.isSuccess || !isSilent { Glibc.exit(code.rawValue) }
    let code = exitCode(for: error)
    if isSilent {
      // The launcher of a job ends all processes with the first one.
      if !code.isSuccess { usleep(500_000) }
      exit(withError: code)
    }
    if code.isSuccess, command(of: name) == name { exit(withError: error) }
    let message = withCommand(fullMessage(for: error))
    if code.isSuccess {
      print(message)
    } else if !message.isEmpty {
      printMisuse(message)
    }
    exit(withError: code)
  }

  /// Prints a usage error as the program's other errors are printed, then the usage.
  private static func printMisuse(_ message: String) {
    // The error quotes words, which may be the names of files.
    var lines = message.split(separator: "\n", omittingEmptySubsequences: false)[...]
    if let first = lines.first, first.hasPrefix("Error: ") {
      printError(program: name, message: String(first.dropFirst("Error: ".count)))
      lines.removeFirst()
    }
    StandardError.writeLine(lines.map { escaped(String($0)) }.joined(separator: "\n"))
  }

  /// Replaces the name of the program by its command, in usage and examples.
  private static func withCommand(_ help: String) -> String {
    help.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      for place in ["USAGE: ", "Usage: ", "  See '", "  "] where line.hasPrefix("\(place)\(name) ")
      {
        return "\(place)\(command(of: name))\(line.dropFirst(place.count + name.count))"
      }
      return String(line).replacing(" | \(name) ", with: " | \(command(of: name)) ")
    }.joined(separator: "\n")
  }
}
