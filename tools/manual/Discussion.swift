/// The text below the abstract of a program's help, in its parts.
struct Discussion {
  /// The lines of the description.
  private(set) var paragraphs: [String] = []
  /// The lines of the examples, with `cairn` before the program.
  private(set) var examples: [String] = []
  /// The lines about the exit status.
  private(set) var exitStatus: [String]?

  /// Takes the text apart: EXAMPLES, paragraphs, EXIT CODES.
  init(_ text: String, of program: String) {
    for paragraph in text.split(separator: "\n\n") {
      if paragraph.hasPrefix("EXAMPLES:\n") {
        examples = paragraph.split(separator: "\n").dropFirst().map { line in
          let command = line.trimmingPrefix("  ")
            .replacing("| \(program) ", with: "| cairn \(program) ")
          return escaped(command.hasPrefix("\(program) ") ? "cairn \(command)" : String(command))
        }
      } else if paragraph.hasPrefix("EXIT CODES: ") {
        exitStatus = [escaped(String(paragraph.dropFirst("EXIT CODES: ".count)))]
      } else if paragraph.hasPrefix("  ") {
        paragraphs += [".PP", ".nf"] + paragraph.split(separator: "\n").map { escaped(String($0)) }
        paragraphs.append(".fi")
      } else {
        paragraphs += [".PP"] + paragraph.split(separator: "\n").map { escaped(String($0)) }
      }
    }
  }
}
