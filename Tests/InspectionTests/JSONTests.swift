import HDF5
import Inspection
import JSON
import TestSupport
import Testing

@Suite("inspect --json")
struct JSONTests {
  private func parsed(_ result: ProgramResult) throws -> JSON {
    #expect(result.code == 0)
    #expect(!result.output.contains { !$0.isASCII })
    #expect(result.output.hasPrefix("{\n  \"schema\": \"cairn.inspect/1\",\n"))
    return try JSON(parsing: result.output)
  }

  @Test("Prints a run as one object with numbers in full precision")
  func run() throws {
    try withTemporaryDirectory { directory in
      try saveRun(to: "\(directory)/ckpt.h5")
      let result = try inspect("ckpt.h5", "--json", in: directory)
      let json = try parsed(result)
      #expect(json["file"]?["kind"] == .string("cairn"))
      #expect(json["file"]?["format"] == .integer(1))
      let size = try readBytes("\(directory)/ckpt.h5").count
      #expect(json["file"]?["bytes"] == .integer(size))
      #expect(json["model"]?["parameters"] == .integer(135))
      let layers = json["model"]?["layers"]?.array
      #expect(layers?[0]["output_shape"] == .array([.integer(4), .integer(3), .integer(2)]))
      #expect(layers?[2]["variables"]?.array?[0]["path"] == .string("/layers/dense/vars/0"))
      #expect(json["optimizer"]?["parameters"] == .integer(272))
      #expect(json["optimizer"]?["learning_rate"] == .number(0.001))
      let training = json["training"]
      #expect(training?["global_step"] == .integer(4181))
      #expect(training?["history"]?["accuracy"] == .array([.number(0.9593), .number(0.98586)]))
      #expect(training?["data"]?["sha256"] == .string("06b0d1f124c4e5f2b0a9"))
      // A double cannot represent this value.
      #expect(result.output.contains("\"seed\": 18446744073709551615"))
      #expect(json["resumable"]?["value"] == .bool(true))
      #expect(
        json["resumable"]?["reason"] == .string("yes, in the middle of epoch 3, after 431 steps"))
    }
  }

  @Test("Prints objects, statistics and slices in the same object")
  func everything() throws {
    let result = try inspect("objects.h5", "--json", "--raw", "--stats", "--slice", "again[1]")
    let json = try parsed(result)
    let objects = try #require(json["objects"]?.array)
    #expect(objects.count == 16)
    #expect(
      objects[0]["attributes"]?["ratios"]?.array?.suffix(2) == [
        .string("NaN"), .string("Infinity"),
      ])
    #expect(result.output.contains("\"large\": 18446744073709551615"))
    let packed = try #require(objects.first { $0["path"] == .string("/data/packed") })
    #expect(packed["chunk"] == .array([.integer(16), .integer(32)]))
    #expect(
      packed["filters"]?.array?.map { $0["name"] }
        == ["shuffle", "deflate", "fletcher32"].map(JSON.string))
    #expect(objects.contains { $0["path"] == .string("/evil\u{1B}[2J\nname\u{202E}gpj.exe") })
    #expect(
      objects.first { $0["kind"] == .string("external-link") }?["file"] == .string("/etc/passwd"))
    let statistics = try #require(json["statistics"]?.array)
    #expect(statistics.first { $0["name"] == .string("/again") }?["mean"] == .number(2.5))
    #expect(json["slice"]?["values"] == .array([.integer(3), .integer(4), .integer(5)]))
    #expect(json["slice"]?["dtype"] == .string("float32"))
  }

  @Test("Prints NaN and infinity as strings")
  func nonFinite() throws {
    let result = try inspect("numbers.h5", "--json", "--slice", "special[:6]")
    let json = try parsed(result)
    #expect(
      json["slice"]?["values"]?.array?.map(\.string) == [
        "NaN", nil, "-Infinity", nil, nil, "Infinity",
      ])
    #expect(result.output.contains("[\"NaN\", 1.0, \"-Infinity\", 0.0, -0.0, \"Infinity\"]"))
  }

  @Test("Prints the exact values of 32-bit floats")
  func exact() throws {
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/a.h5") { root in
        try root.write([0.1, .leastNonzeroMagnitude] as [Float], shape: [2], to: "x")
      }
      let output = try inspect("a.h5", "--json", "--slice", "x", in: directory).output
      #expect(output.contains("[0.10000000149011612, 1.401298464324817e-45]"))
    }
  }
}
