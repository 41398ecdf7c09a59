import Foundation
import TestSupport
import Testing

/// Classifiers of pictures that Keras has saved, with what their files do not say.
///
/// `tools/keras/golden_classifiers.py` writes the files, and what Keras computes.
@Suite("predict with classifiers of Keras")
struct PredictKerasTests {
  private static let folder = "\(packageDirectory)/Tests/ProgramTests/Fixtures/classifiers"

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let model: String
    let picture: String
    let options: [String]
    let probabilities: [Float]

    var testDescription: String { ([model, picture] + options).joined(separator: " ") }
  }

  static let cases = Result {
    try JSONDecoder().decode([Case].self, from: Data(readBytes("\(folder)/expected.json")))
  }

  private struct Entry: Decodable {
    struct Preprocessing: Decodable {
      let assumed: [String]?
      let fit: String?
    }

    let `class`: Int?
    let className: String?
    let probabilities: [Float]
    let preprocessing: Preprocessing
  }

  private func predict(
    _ model: String, _ picture: String, _ options: [String]
  ) throws -> ProgramResult {
    try run("predict", [picture, "--model", model] + options, in: Self.folder)
  }

  private func entry(_ result: ProgramResult) throws -> Entry {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try #require(
      decoder.decode([Entry].self, from: Data(result.outputBytes)).first, "\(result.error)")
  }

  @Test("gives the probabilities of Keras", arguments: try cases.get())
  func probabilities(expected: Case) throws {
    let result = try predict(expected.model, expected.picture, expected.options + ["--json"])
    #expect(result.code == 0, "\(result.error)")
    let entry = try entry(result)
    // Levels of resampled pictures differ from Pillow's by one now and then.
    let tolerance: Float = expected.picture == "wide.png" ? 2e-3 : 1e-5
    #expect(
      entry.probabilities.count == expected.probabilities.count
        && zip(entry.probabilities, expected.probabilities).allSatisfy {
          abs($0 - $1) <= tolerance
        }, "\(entry.probabilities) is not \(expected.probabilities)")
  }

  @Test("says what it assumes, and nothing if the options say it")
  func assumptions() throws {
    let open = try predict("open.keras", "wide.png", ["--json"])
    #expect(
      open.error == """
        predict: note: 'open.keras' has no seal, so damage to it would go unnoticed
        predict: note: 'open.keras' does not say how its images were prepared, so predict assumes \
        28 x 28 pixels (--image-size), colours in the order RGB (--image-color), pixels of 0..1 \
        (--scale), images stretched to the input (--fit), numbers as names of the classes \
        (--classes)

        """)
    #expect(
      try entry(open).preprocessing.assumed == ["size", "colour", "scale", "fit", "classes"])
    let known = try predict(
      "open.keras", "wide.png",
      ["--image-size", "50x40", "--image-color", "rgb", "--scale", "1/255", "--fit", "crop"]
        + ["--classes", "names.txt", "--json"])
    #expect(known.error.split(separator: "\n").count == 1)
    #expect(try entry(known).preprocessing.assumed == nil)
    #expect(try entry(known).preprocessing.fit == "crop")
    let mobile = try predict("mobile.keras", "exact.jpg", ["--classes", "names.txt"])
    #expect(!mobile.error.contains("--image-size") && !mobile.error.contains("--scale"))
  }

  @Test("prints the names of a file")
  func names() throws {
    let text = try predict(
      "mobile.keras", "exact.jpg", ["--classes", "names.txt", "-k", "3", "--probs"])
    #expect(
      text.output == """
        exact.jpg: Äpfel  43.24%   cherries  34.90%   bananes  21.86%   \
        (Äpfel: 43.24%, bananes: 21.86%, cherries: 34.90%)

        """)
    let entry = try entry(
      try predict("mobile.keras", "exact.jpg", ["--classes", "names.txt", "--json"]))
    #expect(entry.class == 0 && entry.className == "Äpfel")
    try withTemporaryDirectory { folder in
      try writeBytes(Array("\u{FEFF}cat\r\n dog \r\n\r\n".utf8), to: "\(folder)/two.txt")
      let binary = try predict(
        "binary.keras", "binary.png", ["--classes", "\(folder)/two.txt", "--probs"])
      #expect(binary.output.contains("(cat: ") && binary.output.contains(", dog: "))
      // Digits have other names too, and are preprocessed as ever.
      let digits = "zero one two three four five six seven eight nine".split(separator: " ")
      try writeBytes(Array(digits.joined(separator: "\n").utf8), to: "\(folder)/ten.txt")
      let (seven, model) = ("\(packageDirectory)/samples/7.png", "models/quickstart.h5")
      let digit = try run(
        "predict", [seven, "--model", model, "--classes", "\(folder)/ten.txt"],
        in: packageDirectory)
      #expect(digit.output.contains(": seven  "), "\(digit.output)")
      #expect(digit.error == "")
    }
  }

  @Test(
    "refuses lists that are no names of the classes",
    arguments: [
      ("a\nb", 65, "it has 3 classes, but there are 2 names"), ("", 65, "it has no names"),
      ("\n\n", 65, "it has no names"), ("a\n\nc", 65, "name 2 is empty"),
      ("a\nb\na", 65, "the names 1 and 3 are both 'a'"),
      ("a\nb\u{1B}[2J\nc", 65, "name 2 has a control character"),
      ("a\nb\u{202E}\nc", 65, "name 2 has a control character"),
      (String(repeating: "x", count: 1 << 20) + "\n", 65, "it has more than 1048576 bytes"),
      ("latin", 65, "it is not UTF-8"), ("missing", 66, "No such file or directory"),
    ] as [(String, Int32, String)])
  func wrongNames(text: String, code: Int32, message: String) throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/names.txt"
      if text != "missing" {
        try writeBytes(text == "latin" ? [0x41, 0xC4, 0x0A] : Array(text.utf8), to: path)
      }
      let result = try predict("mobile.keras", "exact.jpg", ["--classes", path])
      #expect(result.code == code && result.error.contains(message), "\(result.whole)")
      #expect(result.output == "")
    }
  }

  @Test(
    "refuses options that do not fit the model",
    arguments: [
      ("mobile.keras", ["--image-size", "64"], 65, "its input has 96 x 96 pixels, not 64 x 64"),
      ("open.keras", ["--image-size", "4"], 65, "it does not support pictures of 4 x 4 pixels"),
      ("open.keras", ["--image-size", "4096"], 65, "numbers for a single example"),
      ("open.keras", ["--image-size", "0"], 64, "--image-size"),
      ("open.keras", ["--image-size", "5000"], 64, "--image-size"),
      ("plain.h5", ["--image-color", "rgb"], 65, "its input has one channel"),
      ("plain.h5", ["--scale", "1/256"], 64, "--scale"),
      ("plain.h5", ["--fit", "zoom"], 64, "--fit"),
    ] as [(String, [String], Int32, String)])
  func unfit(model: String, options: [String], code: Int32, message: String) throws {
    let result = try predict(model, "wide.png", options)
    #expect(result.code == code && result.error.contains(message), "\(result.whole)")
  }

  @Test("accepts the size that a model has, and the whole picture for digits on request")
  func sameSize() throws {
    #expect(try predict("mobile.keras", "exact.jpg", ["--image-size", "96x96"]).code == 0)
    let wide = "\(packageDirectory)/samples/drawn-8-red-in-wide-picture.png"
    let result = try run(
      "predict", [wide, "--model", "models/quickstart.h5", "--fit", "pad", "--json"],
      in: packageDirectory)
    #expect(result.output.contains(#""fit":"pad""#) && result.output.contains(#""digit":"#))
  }
}
