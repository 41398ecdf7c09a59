import Glibc
import JSON

/// Writes the manual page of a program, in the language of `man`, to standard output.
///
/// Standard input is what the program prints with `--experimental-dump-help`; the argument is the
/// version.
@main
enum Manual {
  static func main() {
    var text = ""
    while let line = readLine(strippingNewline: false) { text += line }
    guard let command = try? JSON(parsing: text)["command"],
      let page = ManualPage(of: command, version: CommandLine.arguments.dropFirst().first ?? "")
    else {
      fatal("Standard input is not the help of a program")
    }
    print(page.text, terminator: "")
  }

  private static func fatal(_ message: String) -> Never {
    let line = Array("manual: error: \(message)\n".utf8)
    _ = unsafe write(STDERR_FILENO, line, line.count)
    exit(65)
  }
}
