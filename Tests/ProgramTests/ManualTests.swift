import Checkpoints
import Glibc
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Manual pages and completions, of the built programs")
struct ManualTests {
  static let programs = ["train", "predict", "inspect", "convert", "serve"]

  /// An argument or option, as `--help` lists it.
  struct Entry {
    /// `--save`, `-q`, or the name of an argument such as `file`.
    let names: [String]
    let text: String
  }

  /// The parts of `--help`.
  struct Help {
    private(set) var examples: [String] = []
    private(set) var entries: [Entry] = []

    init(of program: String) throws {
      let result = try run(program, ["--help"])
      #expect(result.code == 0)
      let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
      let start = try #require(lines.firstIndex(of: "EXAMPLES:"))
      examples = lines[(start + 1)...].prefix { $0.hasPrefix("  ") }.map { String($0.dropFirst(2)) }
      let usage = try #require(lines.firstIndex { $0.hasPrefix("USAGE: ") })
      for line in lines[usage...] where line.hasPrefix("  ") {
        let text = line.drop { $0 == " " }
        if line.prefix(3).last == " " {
          guard let last = entries.popLast() else { continue }
          entries.append(Entry(names: last.names, text: "\(last.text) \(text)"))
        } else {
          // The text begins two spaces after the names, or on the next line.
          let parts = text.split(separator: "  ", maxSplits: 1)
          let options = parts[0].matches(of: /(?:^|, )(--?[a-zA-Z0-9-]+)/).map { String($0.1) }
          let names = options.isEmpty ? [String(parts[0].trimming("<>.[] "))] : options
          entries.append(Entry(names: names, text: String(parts.dropFirst().first ?? "").spaced))
        }
      }
    }

    /// The names of all options: `--save`, `-q`.
    var options: [String] { entries.flatMap(\.names).filter { $0.hasPrefix("-") } }
  }

  /// The page of a program as `man` shows it, but for spaces.
  private func page(of program: String) throws -> String {
    let result = try run(
      "manual", ["1.2.3"], shell: #"'\#(try programPath(program))' --experimental-dump-help | "$@""#
    )
    #expect(result.code == 0 && result.error == "")
    return result.output.replacing("\\-", with: "-").replacing("\\&", with: "")
      .replacing(/\\f[BIR]/, with: "").replacing("\\e", with: "\\")
  }

  @Test(
    "A page contains each option with its text and its default, and the examples",
    arguments: programs)
  func pages(program: String) throws {
    let (help, page) = (try Help(of: program), try page(of: program))
    #expect(page.hasPrefix(".TH CAIRN-\(program.uppercased()) 1 \"\" \"Cairn 1.2.3\""))
    let sections = page.split(separator: "\n").filter { $0.hasPrefix(".SH ") }.map {
      $0.dropFirst(4)
    }
    #expect(
      sections == [
        "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EXIT STATUS", "SEE ALSO",
      ])
    #expect(help.examples.count >= 3 && help.entries.count >= 8)
    for example in help.examples {
      let command = example.hasPrefix("\(program) ") ? "cairn \(example)" : example
      #expect(
        page.contains("\n\(command.replacing("| \(program) ", with: "| cairn \(program) "))\n"))
    }
    let items = page.components(separatedBy: "\n.TP\n").dropFirst().map { item in
      item.prefix { $0 != "\n" } + " " + item.drop { $0 != "\n" }.dropFirst().prefix { $0 != "\n" }
    }
    #expect(items.count == help.entries.count)
    for (entry, item) in zip(help.entries, items) {
      for name in entry.names { #expect(item.contains(name), "\(name) in \(item)") }
      let sentence = entry.text.prefix { $0 != "(" }.trimming(" ")
      #expect(item.spaced.contains(sentence), "\(entry.names): \(sentence)")
      for match in entry.text.matches(of: /default: ([^)]*)\)/) {
        #expect(item.spaced.contains("(default: \(match.1))"), "\(entry.names): \(item)")
      }
      for match in entry.text.matches(of: /\(values: ([^);]*)[);]/) {
        for value in match.1.split(separator: ", ") { #expect(item.contains(value), "\(item)") }
      }
    }
  }

  private func completions(_ shell: String) throws -> String {
    let folder = try programPath("train").split(separator: "/").dropLast().joined(separator: "/")
    let script = "\(packageDirectory)/tools/packaging/completions"
    let result = try runCommand([script, shell, "/\(folder)"])
    #expect(result.code == 0 && result.error == "")
    return result.output
  }

  @Test("bash completes each option of each program")
  func bash() throws {
    try withTemporaryDirectory { directory in
      try writeBytes(Array(try completions("bash").utf8), to: "\(directory)/cairn")
      for program in Self.programs {
        let result = try runShell(
          """
          exec bash -c '. ./cairn; COMP_WORDS=(cairn \(program) -); COMP_CWORD=2
          _cairn cairn - \(program); printf "%s\\n" "${COMPREPLY[@]}"'
          """, in: directory)
        let found = Set(result.output.split(separator: "\n").map { $0.trimming(" ") })
        #expect(found == Set(try Help(of: program).options.map { $0[...] }), "\(program)")
      }
    }
  }

  @Test("bash completes the names of layers, and runs no command that a name contains")
  func hostileNames() throws {
    try withTemporaryDirectory { directory in
      try writeBytes(Array(try completions("bash").utf8), to: "\(directory)/cairn")
      let names = ["first", "$(touch hostile)", "`touch hostile`", "last-1"]
      let model = Sequential(names.map { Dense(2, name: $0) })
      model.build(inputShape: [2])
      try Checkpoint(model: model).save(to: "\(directory)/model.keras")
      let result = try runShell(
        """
        exec bash -c '. ./cairn
        COMP_WORDS=(\(try programPath("train")) --model model.keras --freeze first,); COMP_CWORD=4
        COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
        _train "$COMP_WORDS" first, --freeze; printf "%s\\n" "${COMPREPLY[@]}"'
        """, in: directory)
      #expect(result.output == "first,first\nfirst,last-1\n", "\(result)")
      #expect(access("\(directory)/hostile", F_OK) != 0)
    }
  }

  @Test("The completions of zsh name each option of each program")
  func zsh() throws {
    let text = try completions("zsh")
    #expect(text.hasPrefix("#compdef cairn\n"))
    for program in Self.programs {
      let rest = try #require(text.components(separatedBy: "\n_\(program)() {\n").dropFirst().first)
      let function = rest.components(separatedBy: "\n}\n")[0]
      for name in try Help(of: program).options {
        let isThere = ["\(name)[", "\(name),", ",\(name)}", "\(name)}"].contains(
          where: function.contains)
        #expect(isThere, "\(program) \(name)")
      }
    }
  }

  @Test("The completions of fish name each option of each program")
  func fish() throws {
    let lines = try completions("fish").split(separator: "\n")
    for program in Self.programs {
      let own = lines.filter { $0.hasPrefix("complete -c 'cairn-\(program)' ") }
      for name in try Help(of: program).options {
        let option =
          name.hasPrefix("--") ? " -l '\(name.dropFirst(2))'" : " -s '\(name.dropFirst())'"
        #expect(own.contains { $0.contains(option) }, "\(program) \(name)")
      }
    }
  }
}

extension StringProtocol {
  /// The words with one space between them.
  fileprivate var spaced: String { split(separator: " ").joined(separator: " ") }

  /// The text without some characters at both ends.
  fileprivate func trimming(_ characters: String) -> SubSequence {
    let start = drop { characters.contains($0) }
    let count = start.reversed().prefix { characters.contains($0) }.count
    return start.dropLast(count)
  }

  /// The parts between a separator.
  fileprivate func components(separatedBy separator: String) -> [String] {
    var (parts, rest) = ([String](), String(self))
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = String(rest[range.upperBound...])
    }
    return parts + [rest]
  }
}
