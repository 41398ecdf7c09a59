import TestSupport
import Testing

@Suite("Standard input, on the built programs")
struct StandardInputTests {
  private static let file = fixture("tiny_seq_step5.weights.h5")

  private func run(_ script: String, in directory: String = "/") throws -> ProgramResult {
    try RunningProgram("/bin/sh", ["-c", script], in: directory).wait()
  }

  @Test("inspect shows the file that it reads there")
  func inspect() throws {
    let program = try programPath("inspect")
    for options in ["", "--json", "--verify", "--raw"] {
      let piped = try run("cat \(Self.file) | \(program) - \(options)")
      let named = try run("\(program) \(Self.file) \(options)")
      #expect(piped.code == named.code)
      #expect(piped.output == named.output.replacing(Self.file, with: "-"))
    }
    #expect(
      try run("\(program) - </dev/null").whole
        == "exit 65\ninspect: error: Cannot open '-': the file is empty\n")
  }

  @Test("convert converts the file that it reads there")
  func convert() throws {
    try withTemporaryDirectory { directory in
      let program = try programPath("convert")
      try writeData(in: directory)
      try train("--max-steps", "1", in: directory)
      let result = try run("\(program) - m.keras <ckpt.h5", in: directory)
      #expect(result.code == 0, "\(result.error)")
      let same = try TestSupport.run(
        "inspect", ["ckpt.h5", "--diff", "m.keras", "--ignore", "training_state"], in: directory)
      #expect(same.code == 0)
    }
  }
}
