import TestSupport
import Testing

/// A library reports by results, errors and closures; only programs write to the standard streams.
@Suite("Messages of the library")
struct SilenceTests {
  /// Files that name a standard stream for another reason.
  private static let exceptions = [
    // Checks that no output file is also a standard stream.
    "Training/Trainer+Outputs.swift"
  ]

  @Test("No module but those of the programs writes to the standard streams")
  func library() throws {
    let graph = try ModuleGraph(of: packageDirectory)
    let programs = graph.imports.filter { $1.contains("Console") }.keys + ["Console", "Dispatcher"]
    let library = Set(graph.imports.keys).union(graph.leaves).subtracting(programs)
    #expect(library.isSuperset(of: ["CKernels", "HDF5", "Serving", "Tensors", "Training"]))
    for module in library.sorted() {
      for file in files(below: "\(packageDirectory)/Sources/\(module)")
      where file.hasSuffix(".swift") || file.hasSuffix(".c") || file.hasSuffix(".h") {
        let path = "\(module)/\(file)"
        guard !Self.exceptions.contains(path) else { continue }
        for line in writingLines(in: try readText("\(packageDirectory)/Sources/\(path)")) {
          Issue.record("\(path) writes to a standard stream: \(line)")
        }
      }
    }
  }

  @Test(
    "A line that writes to a standard stream is found",
    arguments: [
      "print(x)", "  debugPrint(x)", "if isLoud { print(\"a\") }", "fputs(text, stderr)",
      "unsafe Glibc.write(STDERR_FILENO, pointer, 3)", "fprintf(stderr, \"a\");", "puts(\"a\");",
    ])
  func writing(line: String) {
    #expect(writingLines(in: line) == [line])
  }

  @Test(
    "Comments and other names are not found",
    arguments: [
      "/// print(x)", "let a = 1  // print(x)", "imprint(x)", "snprintf(text, 3, \"a\");",
      "drawing.print(x)", "let standardError = 1",
    ])
  func silent(line: String) {
    #expect(writingLines(in: line) == [])
  }
}

/// The lines of Swift or C that write to the standard streams, or name them.
private func writingLines(in text: String) -> [String] {
  let call = /(?:^|[^.\w])(?:print|debugPrint|dump|printf|fprintf|puts|putchar|perror)\(/
  let stream = /\b(?:stdout|stderr|STDOUT_FILENO|STDERR_FILENO)\b/
  return text.split(separator: "\n").map(String.init).filter { line in
    let code = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line[...]
    return code.contains(call) || code.contains(stream)
  }
}
