import TestSupport
import Testing

@Suite("Names of files that are not UTF-8, on the built programs")
struct ByteNamesTests {
  @Test("All programs find, write and show them")
  func bytes() throws {
    try withData { directory in
      /// Runs a program with arguments in which `%` stands for the byte 0xFF.
      func runWithBytes(_ program: String, _ arguments: String) throws -> ProgramResult {
        try run(
          program, [], shell: "exec \"$@\" $(printf '%s' '\(arguments)' | tr '%' '\\377')",
          in: directory)
      }
      let picture = "\(packageDirectory)/samples/7.png"
      let copy = try runShell("cp \(picture) $(printf 'p\\377.png')", in: directory)
      #expect(copy.code == 0)

      let options = "--data data --optimizer sgd --save-every 1steps --log l%.jsonl"
      let trained = try runWithBytes("train", "--save c%.h5 --max-steps 2 \(options)")
      #expect(trained.code == 0, "\(trained.error)")
      #expect(trained.error.contains("saved c\\xFF.h5 after step 2; continue with: "))
      #expect(trained.error.contains("--save $'c\\xFF.h5'"), "\(trained.error)")
      let resumed = try runWithBytes("train", "--save c%.h5 --max-steps 4 \(options)")
      #expect(resumed.code == 0)
      #expect(resumed.error.contains("resuming c\\xFF.h5 in epoch 1, step 2"))

      let inspected = try runWithBytes("inspect", "c%.h5")
      #expect(inspected.code == 0)
      #expect(inspected.output.hasPrefix("c\\xFF.h5: "))
      let converted = try runWithBytes("convert", "c%.h5 d%.keras --json")
      #expect(converted.code == 0)
      #expect(converted.output.contains(#""file":"d\\xFF.keras""#))
      let predicted = try runWithBytes("predict", "p%.png gone%.png --model d%.keras")
      #expect(predicted.code == 66)
      #expect(predicted.output.hasPrefix("p\\xFF.png: "))
      #expect(predicted.error.contains("Cannot open 'gone\\xFF.png': No such file"))
    }
  }
}
