import RunSupport
import TestSupport
import Testing
import Zip

/// Names from files, on the way to a terminal or into JSON.
@Suite("Names that could affect a terminal")
struct EscapingTests {
  /// An escape sequence, a line that looks like a message, C1, a bidirectional override and a line
  /// separator.
  static let name = "a\u{1B}[31m\npredict: error: b\r\u{9B}2J\u{202E}c\u{2028}"

  /// What each program is asked to do with the model.
  static let commands: [[String]] = [
    ["inspect", "FILE"], ["inspect", "FILE", "--json"], ["inspect", "FILE", "--raw"],
    ["inspect", "FILE", "--stats"], ["inspect", "FILE", "--verify"],
    ["inspect", "FILE", "--verify", "--json"], ["inspect", "FILE", "--diff", "OTHER"],
    ["inspect", "FILE", "NAME"], ["inspect", "FILE", "--slice", "NAME[0]"],
    ["predict", "7.png", "--model", "FILE"], ["predict", "7.png", "--model", "FILE", "--json"],
    ["predict", "7.png", "--model", "FILE", "--jsonl", "--classes", "names.txt"],
    ["predict", "7.png", "--model", "FILE", "--csv", "--probs", "--classes", "names.txt"],
    ["predict", "7.png", "--model", "FILE", "--probs", "--classes", "names.txt"],
    ["predict", "NAME", "--model", "FILE"], ["predict", "NAME", "--json", "--model", "FILE"],
    ["predict", "7.png", "--model", "NAME"], ["predict", "--NAME"],
    ["convert", "FILE", "out.keras"], ["convert", "FILE", "out.h5"],
    ["convert", "FILE", "NAME.keras"], ["convert", "FILE", "NAME.keras", "--json"],
    ["convert", "FILE", "out.onnx"], ["convert", "FILE", "out.h"],
    ["convert", "FILE", "out.safetensors", "--format", "torch"],
    ["train", "--data", "data", "--save", "new.h5", "--resume", "FILE", "--max-steps", "1"],
    ["train", "--data", "data", "--save", "FILE", "--max-steps", "1"],
    ["train", "--data", "data", "--save", "NAME", "--model", "FILE", "--max-steps", "1"],
    ["train", "--data", "NAME", "--save", "new.h5", "--max-steps", "1"],
  ]

  @Test("No program writes them as they are", arguments: commands, ["good", "unknown"])
  func names(command: [String], kind: String) throws {
    try withData { folder in
      try writeBytes(try readBytes("\(packageDirectory)/samples/7.png"), to: "\(folder)/7.png")
      try writeBytes(try Self.model(kind), to: "\(folder)/model.keras")
      try writeBytes(try Self.model("good"), to: "\(folder)/other.keras")
      let classes = (0..<10).map { "\($0)\u{1B}[31m\u{9B}\u{202E}" }.joined(separator: "\n")
      try writeBytes(Array(classes.utf8), to: "\(folder)/names.txt")
      let arguments = command.dropFirst().map { word in
        switch word {
        case "FILE": "model.keras"
        case "OTHER": "other.keras"
        default:
          word.split(separator: "NAME", omittingEmptySubsequences: false)
            .joined(separator: Self.name)
        }
      }
      let result = try run(command[0], arguments, in: folder)
      #expect(result.code != nil, "\(result.whole)")
      for text in [result.output, result.error] {
        let raw = text.unicodeScalars.filter { scalar in
          guard scalar != "\n" else { return false }
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: return true
          default: return false
          }
        }
        #expect(raw.isEmpty, "\(raw.map(\.value)) in \(text.debugDescription)")
        let isForged = text.split(separator: "\n").contains { $0.hasPrefix("predict: error: b") }
        #expect(!isForged, "\(text.debugDescription)")
      }
    }
  }

  /// A model of Keras whose layers have the name; an unknown class makes it an error.
  private static func model(_ kind: String) throws -> [UInt8] {
    let path = "\(packageDirectory)/Tests/CheckpointsTests/Fixtures/forms/small.keras"
    let archive = try ZipArchive(opening: path)
    var writer = ZipWriter()
    var bytes: [UInt8] = []
    for member in archive.members {
      var content = try archive.bytes(of: member, limit: 1 << 24)
      if member.name == "config.json" {
        let text = String(decoding: content, as: UTF8.self)
        let escaped = name.unicodeScalars.map { scalar in
          let digits = String(scalar.value, radix: 16)
          return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
        var changed = text
        for layer in ["conv2d", "dense"] {
          changed = changed.replacing(
            "\"name\": \"\(layer)\"", with: "\"name\": \"\(escaped)\(layer)\"")
        }
        if kind == "unknown" {
          changed = changed.replacing(
            "\"class_name\": \"Dense\"", with: "\"class_name\": \"\(escaped)\"")
        }
        content = Array(changed.utf8)
      }
      let isAligned = member.name.hasSuffix("h5")
      bytes += try unsafe content.withUnsafeBytes {
        try unsafe writer.header(of: member.name, content: $0, isAligned: isAligned)
      }
      bytes += content
    }
    return bytes + writer.directory()
  }
}
