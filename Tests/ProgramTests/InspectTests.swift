import TestSupport
import Testing

@Suite("inspect, on what the other programs write")
struct InspectTests {
  @Test("A checkpoint of train verifies, and equals its conversions")
  func sameAfterConversion() throws {
    let checkpoint = try Trained.checkpoint.get()
    try withTemporaryDirectory { folder in
      let verified = try run("inspect", [checkpoint, "--verify"])
      #expect(verified.output.contains("content    verified: 20 tensors as saved\n"))
      #expect(verified.output.hasSuffix("\nThe file is intact.\n"))
      #expect(isPlain(verified.outputBytes))
      #expect(verified.code == 0)
      for name in ["a.keras", "a.weights.h5", "a.h5"] {
        let path = "\(folder)/\(name)"
        #expect(try run("convert", [checkpoint, path, "-q"]).code == 0)
        let result = try run(
          "inspect", [checkpoint, "--diff", path, "--ignore", "training_state"])
        #expect(result.output.contains("The files are the same; tensors: 20 equal; "), "\(name)")
        #expect(result.code == 0, "\(name): \(result.output)")
      }
    }
  }

  @Test("--verify and --diff find a single changed bit")
  func damaged() throws {
    var bytes = try readBytes(try Trained.checkpoint.get())
    bytes[bytes.count / 2] ^= 1
    try withTemporaryDirectory { folder in
      try writeBytes(bytes, to: "\(folder)/bad.h5")
      let verified = try run("inspect", ["\(folder)/bad.h5", "--verify"])
      #expect(verified.output.contains("seal       damaged: 1 range of bytes"))
      #expect(verified.output.contains("content    damaged: 1 of 20 tensors"))
      #expect(verified.code == 65)
      let diff = try run("inspect", [try Trained.checkpoint.get(), "--diff", "\(folder)/bad.h5"])
      #expect(
        diff.output.contains("No differences were found, but some parts could not be compared; "))
      #expect(diff.code == 65)
    }
  }
}
