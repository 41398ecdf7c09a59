import Foundation
import TestSupport
import Testing

@Suite("The guide JSON output, on the built programs")
struct JSONKeysTests {
  /// Objects whose keys come from the file.
  private static let maps: Set = [
    "attributes", "counts", "environment", "history", "options", "settings",
  ]

  @Test("It describes every key that the programs print, all in snake_case")
  func keys() throws {
    let document = try readText("\(packageDirectory)/Sources/Cairn/Cairn.docc/Guides/JSONOutput.md")
    let sample = "\(packageDirectory)/samples/7.png"
    let drawn = "\(packageDirectory)/samples/drawn-8-red-in-wide-picture.png"
    let pictures = ["orientation-6-seven", "equal-luminance-red-on-green"].map {
      fixture("pictures/\($0).png")
    }
    try withData { directory in
      let trained = try train("--json", "--max-steps", "12", in: directory)
      try train("--save", "b.h5", "--seed", "2", "--max-steps", "3", in: directory)
      try writeBytes(
        Array((0...9).map { "digit \($0)" }.joined(separator: "\n").utf8),
        to: "\(directory)/data/classes.txt")
      try train("--save", "named.h5", "--warmup", "1epoch", "--max-steps", "1", in: directory)
      let commands: [(String, [String])] = [
        (
          "predict",
          [sample, drawn, "gone.png"] + pictures + [
            "--json", "--model", "\(packageDirectory)/models/quickstart.h5",
          ]
        ),
        ("predict", [sample, "--json", "--model", "ckpt.h5"]),
        (
          "predict",
          [sample, drawn, "--segment", "--json", "--model"]
            + ["\(packageDirectory)/models/quickstart.h5"]
        ),
        (
          "predict",
          ["exact.jpg", "wide.png", "--fit", "pad", "--model", "mobile.keras", "--json"].map {
            $0.contains(".") ? fixture("classifiers/\($0)") : $0
          }
        ),
        ("convert", ["ckpt.h5", "c.keras", "--json"]),
        ("inspect", ["ckpt.h5", "--json"]),
        ("inspect", ["named.h5", "--json"]),
        ("inspect", ["ckpt.h5", "--raw", "--stats", "--json"]),
        ("inspect", ["ckpt.h5", "--slice", "d1/bias[0:2]", "--json"]),
        ("inspect", ["ckpt.h5", "--diff", "b.h5", "--json"]),
        ("inspect", ["ckpt.h5", "--verify", "--json"]),
        ("inspect", [fixture("tiny_seq_step5.weights.h5"), "--verify", "--json"]),
      ]
      var keys: Set<String> = []
      for line in trained.output.split(separator: "\n") {
        Self.collect(try JSONSerialization.jsonObject(with: Data(line.utf8)), into: &keys)
      }
      for (program, arguments) in commands {
        let result = try run(program, arguments, in: directory)
        let data = Data(result.outputBytes)
        let value = try #require(
          try? JSONSerialization.jsonObject(with: data), "\(program) \(arguments): \(result.error)")
        Self.collect(value, into: &keys)
      }
      #expect(keys.count > 100)
      for key in keys.sorted() {
        #expect(document.contains("`\(key)`"), "the guide does not describe '\(key)'")
        #expect(key.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" }, "\(key)")
      }
    }
  }

  private static func collect(_ value: Any, into keys: inout Set<String>) {
    if let object = value as? [String: Any] {
      for (key, value) in object {
        keys.insert(key)
        if !maps.contains(key) || value is [Any] { collect(value, into: &keys) }
      }
    } else if let array = value as? [Any] {
      for element in array { collect(element, into: &keys) }
    }
  }
}
