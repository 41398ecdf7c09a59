import TestSupport
import Testing

@Suite("Standard input, on the built programs")
struct StandardInputTests {
  private static let file = fixture("tiny_seq_step5.weights.h5")

  @Test("inspect reads a file from standard input")
  func inspect() throws {
    for options in [[], ["--json"], ["--verify"], ["--raw"]] {
      let piped = try run("inspect", ["-"] + options, shell: "cat \(Self.file) | \"$@\"")
      let named = try run("inspect", [Self.file] + options)
      #expect(piped.code == named.code)
      #expect(piped.output == named.output.replacing(Self.file, with: "-"))
    }
    #expect(
      try run("inspect", ["-"]).whole
        == "exit 65\ninspect: error: Cannot open '-': the file is empty\n")
  }

  @Test("convert reads a file from standard input")
  func convert() throws {
    try withTemporaryDirectory { directory in
      try writeData(in: directory)
      try train("--max-steps", "1", in: directory)
      let result = try run(
        "convert", ["-", "m.keras"], shell: "exec \"$@\" <ckpt.h5", in: directory)
      #expect(result.code == 0, "\(result.error)")
      let same = try run(
        "inspect", ["ckpt.h5", "--diff", "m.keras", "--ignore", "training_state"], in: directory)
      #expect(same.code == 0)
    }
  }
}
