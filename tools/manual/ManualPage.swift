import JSON

/// The manual page of a program.
struct ManualPage {
  /// The name of the program, such as `predict`.
  private let name: String
  private let abstract: String
  private let discussion: Discussion
  private let arguments: [Argument]
  private let version: String

  /// Creates a page.
  ///
  /// - Parameters:
  ///   - command: The object `command` of the program's help.
  ///   - version: The version of Cairn.
  init?(of command: JSON, version: String) {
    guard let name = command["commandName"]?.string, let abstract = command["abstract"]?.string,
      let arguments = command["arguments"]?.array
    else { return nil }
    self.name = name
    self.abstract = abstract
    self.version = version
    discussion = Discussion(command["discussion"]?.string ?? "", of: name)
    self.arguments = arguments.compactMap(Argument.init)
  }

  /// The page, in the macros of man(7), without a date: the same sources give the same page.
  var text: String {
    let positional = arguments.filter(\.isPositional)
    var lines = [
      ".TH CAIRN-\(name.uppercased()) 1 \"\" \"Cairn \(version)\" \"Cairn\"",
      ".SH NAME",
      "cairn-\(name) \\- \(escaped(String(abstract.dropLast(abstract.hasSuffix(".") ? 1 : 0))))",
      ".SH SYNOPSIS",
      ".B cairn \(name)", "[\\fIoptions\\fR]",
    ]
    lines += positional.map(\.synopsis)
    lines.append(".SH DESCRIPTION")
    lines += discussion.paragraphs
    lines.append(".SH OPTIONS")
    var section: String?
    for argument in arguments {
      if let title = argument.section, title != section {
        lines.append(".SS \(escaped(title))")
        section = title
      }
      lines += argument.lines
    }
    lines += [".SH EXAMPLES", ".nf"] + discussion.examples + [".fi"]
    if let status = discussion.exitStatus { lines += [".SH EXIT STATUS"] + status }
    let others = ["train", "predict", "inspect", "convert", "serve"].filter { $0 != name }
    lines += [
      ".SH SEE ALSO",
      ([".BR cairn (1)"] + others.map { ".BR cairn-\($0) (1)" }).joined(separator: ",\n"),
    ]
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Escapes text for man(7).
func escaped(_ text: String) -> String {
  let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
  return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&\(escaped)" : escaped
}
