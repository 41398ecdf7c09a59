import Foundation
import Images
import RunSupport
import TestSupport
import Testing

@Suite("predict, several digits in a picture")
struct SeveralDigitsTests {
  private static let model = "\(packageDirectory)/models/quickstart.h5"

  private func predict(_ arguments: String..., in folder: String) throws -> ProgramResult {
    try run("predict", arguments + ["-m", Self.model], in: folder)
  }

  private func withPictures(_ body: (String) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      try NumberPicture(["4711"]).image.write(to: "\(folder)/a.png")
      try NumberPicture(["058", "3962"]).image.write(to: "\(folder)/b.png")
      try body(folder)
    }
  }

  private func objects(_ result: ProgramResult) throws -> [[String: Any]] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(result.outputBytes)) as? [[String: Any]])
  }

  @Test("--segment prints the number of each line, and the digits with their boxes")
  func lines() throws {
    try withPictures { folder in
      let result = try predict("a.png", "b.png", "--segment", in: folder)
      #expect(result.code == 0 && result.error.isEmpty, "\(result.error)")
      let lines = result.output.split(separator: "\n")
      try #require(lines.count == 3 + 11)
      #expect(lines[0].hasPrefix("a.png: 4711  ") && lines[0].hasSuffix("%"))
      #expect(lines[1].contains(/^  4  [0-9.]+%   [0-9]+ x [0-9]+ at [0-9]+, [0-9]+$/))
      #expect(lines[5].hasPrefix("b.png: 058  ") && lines[9].hasPrefix("b.png: 3962  "))
      let drawn = try predict("a.png", "--segment", "--show", in: folder)
      #expect(
        drawn.output.contains("█") && drawn.output.contains("┌") || drawn.output.contains("#"))
      let without = try predict("a.png", in: folder)
      #expect(without.output == "a.png: ? (no digit: 4 large pieces)\n")
    }
  }

  @Test("--segment prints JSON and comma-separated values")
  func machineForms() throws {
    try withPictures { folder in
      let json = try objects(
        predict("b.png", "--segment", "--json", "--expect", "058 3962", in: folder))
      try #require(json.count == 1)
      #expect(json[0]["number"] as? String == "058\n3962")
      #expect(json[0]["lines"] as? [String] == ["058", "3962"])
      #expect(json[0]["expected"] as? String == "058\n3962")
      #expect(json[0]["rejected"] as? Bool == false)
      let digits = try #require(json[0]["digits"] as? [[String: Any]])
      #expect(digits.map { $0["digit"] as? Int } == [0, 5, 8, 3, 9, 6, 2])
      #expect(digits.map { $0["line"] as? Int } == [0, 0, 0, 1, 1, 1, 1])
      #expect(digits.allSatisfy { ($0["probabilities"] as? [Double])?.count == 10 })
      #expect(digits.allSatisfy { ($0["box"] as? [String: Int])?.count == 4 })
      let csv = try predict("a.png", "b.png", "gone.png", "--segment", "--csv", in: folder)
      #expect(csv.code == 66)
      let lines = csv.output.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      try #require(lines.count == 5)
      #expect(lines[0] == ["file", "line", "number", "confidence", "expected", "error"])
      #expect(
        lines[1...3].map { $0.prefix(3).joined(separator: " ") } == [
          "a.png 0 4711", "b.png 0 058", "b.png 1 3962",
        ])
      #expect(lines[4][0] == "gone.png" && lines[4][5].hasPrefix("Cannot open"))
    }
  }

  @Test("Numbers are compared with --expect and --labels")
  func evaluation() throws {
    try withPictures { folder in
      #expect(try predict("a.png", "--segment", "--expect", "4711", in: folder).code == 0)
      let wrong = try predict("a.png", "--segment", "--expect", "4712", "-q", in: folder)
      #expect(wrong.code == 1)
      #expect(wrong.error == "predict: note: 1 of 1 numbers is not '4712'\n")
      try writeBytes(Array("4711\n058 3961\n".utf8), to: "\(folder)/labels.txt")
      let result = try predict(
        "a.png", "b.png", "--segment", "--labels", "labels.txt", "-q", in: folder)
      #expect(result.code == 0, "\(result.error)")
      #expect(result.output.hasPrefix("Read whole: 50.00% (1 of 2; 95 % interval "))
      #expect(try predict("a.png", "--segment", "--expect", "four", in: folder).code == 64)
    }
  }

  @Test("--sheet classifies each cell, and empty ones are blank")
  func sheet() throws {
    try withTemporaryDirectory { folder in
      var levels = [UInt8](repeating: 0, count: 84 * 56)
      for (place, digit) in [(0, 7), (1, 2), (2, 1), (3, 0), (5, 4)] {
        let image = try Image.decode(contentsOf: "\(packageDirectory)/samples/\(digit).png")
        for index in 0..<784 {
          let (row, column) = (place / 3 * 28 + index / 28, place % 3 * 28 + index % 28)
          levels[row * 84 + column] = UInt8(image.samples[4 * index] / 257)
        }
      }
      try Image(width: 84, height: 56, gray: levels).write(to: "\(folder)/s.png")
      let result = try predict("s.png", "--sheet", "2x3", in: folder)
      #expect(result.code == 0 && result.error.isEmpty, "\(result.error)")
      let lines = result.output.split(separator: "\n")
      #expect(
        lines.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
          "s.png[0,0]: 7", "s.png[0,1]: 2", "s.png[0,2]: 1", "s.png[1,0]: 0", "s.png[1,1]: blank",
          "s.png[1,2]: 4",
        ])
      // A cell has the same answer as the picture that it is.
      let alone = try predict("\(packageDirectory)/samples/7.png", in: folder)
      #expect(alone.output.split(separator: "\n").first?.suffix(7) == lines[0].suffix(7))

      try writeBytes(Array("7\n2\n1\n0\n9\n3\n".utf8), to: "\(folder)/labels.txt")
      let rated = try predict(
        "s.png", "--sheet", "2x3", "--labels", "labels.txt", "-q", in: folder)
      #expect(rated.code == 0 && rated.output.hasPrefix("Accuracy: 80.00% (4 of 5;"))
      // The labels of a sheet that cannot be read are passed over.
      try writeBytes(Array("0\n1\n2\n3\n4\n5\n7\n2\n1\n0\n9\n4\n".utf8), to: "\(folder)/more.txt")
      let rest = try predict(
        "gone.png", "s.png", "--sheet", "2x3", "--labels", "more.txt", "-q", in: folder)
      #expect(rest.code == 66 && rest.output.hasPrefix("Accuracy: 100.00% (5 of 5;"))
      let small = try predict("s.png", "--sheet", "2x100", in: folder)
      #expect(small.code == 65 && small.error.contains("has no 2 x 100 cells"))
    }
  }

  @Test(
    "Combinations without a meaning are usage errors",
    arguments: [
      ["--segment", "--sheet", "2x2"], ["--sheet", "2"], ["--sheet", "0x2"],
      ["--sheet", "2x2", "--labels", "folders"], ["--segment", "--preprocess", "resize"],
      ["--segment", "--image-size", "28"], ["--segment", "--explain", "occlusion"],
      ["--segment", "--expect", "7", "--worst", "w.png"], ["--segment", "--csv", "--probs"],
    ])
  func usage(arguments: [String]) throws {
    let result = try run("predict", ["a.png"] + arguments)
    #expect(result.code == 64 && result.error.contains("Usage:"))
  }

  @Test("A model of other classes reads no numbers")
  func otherModel() throws {
    let model = fixture("classifiers/mobile.keras")
    let result = try run(
      "predict", ["\(packageDirectory)/samples/7.png", "--segment", "-m", model])
    #expect(result.code == 65 && result.error.contains("its classes are not the digits 0 to 9"))
  }
}
