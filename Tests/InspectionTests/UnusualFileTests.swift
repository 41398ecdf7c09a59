import HDF5
import Inspection
import TestSupport
import Testing

/// Valid files that differ from those of Keras.
@Suite("Files of other programs")
struct UnusualFileTests {
  @Test("Accepts unusual attributes, names and types")
  func unusual() throws {
    let result = try inspect("unusual.h5", "--verify")
    #expect(
      result.output.contains("structure  good as far as it was read: 20 objects, 13 datasets read"))
    #expect(result.output.contains("\nseal       none, as files of other programs\n"))
    #expect(result.output.hasSuffix("\nNo problems were found in the parts that were read.\n"))
    #expect(
      result.output.contains(
        "not read: /lzf: the filter 'lzf', only deflate, shuffle and fletcher32 are read\n"))
    #expect(result.error == "")
    #expect(result.code == 0)
  }

  @Test("Reads attributes of any number and size")
  func attributes() throws {
    let objects = try Inspector(opening: fixture("unusual.h5")).objects().objects
    let many = try #require(objects.first { $0.path == "/many" })
    #expect(many.attributes.count == 257)
    let large = try #require(objects.first { $0.path == "/large" })
    #expect(large.attributes[0].value == .doubles((0...8192).map(Double.init)))
    #expect(objects.allSatisfy { $0.problem == nil })
  }

  @Test("Shows the types and shapes of all objects of a file without a model")
  func types() throws {
    let result = try inspect("unusual.h5")
    for line in [
      "  array                   compound {m: array of 3x2 float32} (2,)",
      "  bfloat16                bfloat16 (3,)", "  bool                    bool (3,)",
      "  complex                 complex128 (1,)",
      "  compound                compound {a: int32, b: float64} (1,)",
      "  enum                    enum of uint8 {BLUE, GREEN, RED} (2,)", "  group/",
      "    line\\nbreak \\u{202E}  float32 ()", "  half                    float16 (1,)",
      "  objects                 object reference (1,)",
      "  regions                 region reference (1,)",
      "  sequences               variable-length sequence of int32 (1,)",
      "  temp\\xE9rature          float64 (3,)",
    ] { #expect(result.output.contains("\n\(line)\n"), "\(line)") }
  }

  @Test("Finds objects by names that are not UTF-8, and writes them as valid JSON")
  func names() throws {
    let slice = try inspect("unusual.h5", "--slice", "bool[:]")
    #expect(slice.output.hasSuffix("\n[1 0 1]\n"))
    let json = try inspect("unusual.h5", "--stats", "--json")
    #expect(json.output.contains(#""name": "/temp\\xE9rature""#))
  }

  @Test("Lists the objects without statistics")
  func leftOut() throws {
    let result = try inspect("unusual.h5", "--stats")
    #expect(result.output.contains("\nNo NaN, no infinity in what was read.\nLeft out:\n"))
    #expect(result.output.contains("\n  /complex: complex128\n"))
    let numbers = try inspect("newest.h5", "--stats")
    #expect(numbers.output.contains("\n  /bool: an element type in a form newer than libhdf5 "))
    #expect(numbers.output.contains("/virtual: a virtual dataset, made of other files"))
  }

  @Test("An object that needs a newer libhdf5 is not damage")
  func newer() throws {
    let result = try inspect("newest.h5", "--verify")
    #expect(result.output.contains("not read: /virtual: a virtual dataset, made of other files"))
    #expect(result.code == 0)
  }

  @Test("Reads a group of more than ten thousand members completely")
  func members() throws {
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/a.h5") { root in
        for index in 0..<10_001 { try root.write(Float(index), to: "x\(index)") }
      }
      let verified = try inspect("a.h5", "--verify", in: directory)
      #expect(verified.output.contains("good: 10,002 objects, 10,001 datasets read"))
      #expect(verified.code == 0)
    }
  }

  @Test("Reports a group that is too large as a limit, not as damage")
  func tooMany() throws {
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/a.h5") { root in
        try root.write(Float(1), to: "0")
        for index in 1...65_536 { try root.hardLink(from: "0", to: "\(index)") }
      }
      let verified = try inspect("a.h5", "--verify", in: directory)
      #expect(
        verified.output.contains("not read: /: too large: 65537 members, the limit is 65536\n"))
      #expect(verified.code == 0, "\(verified.error)")
    }
  }
}
