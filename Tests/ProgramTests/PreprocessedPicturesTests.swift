import Images
import TestSupport
import Testing

@Suite("predict --save-preprocessed")
struct PreprocessedPicturesTests {
  @Test("writes what the model receives, under the relative paths of the pictures")
  func paths() throws {
    let model = try Trained.checkpoint.get()
    let folder = try sharedTemporaryDirectory()
    let sample = "\(packageDirectory)/samples/7.png"
    for name in ["a", "b"] {
      mkdir("\(folder)/\(name)", 0o777)
      try writeBytes(try readBytes(sample), to: "\(folder)/\(name)/7.png")
    }
    let command = [
      "a/7.png", "./b/7.png", "a/../b/7.png", sample, "-m", model, "--save-preprocessed", "out",
    ]
    let result = try run("predict", command, in: folder)
    #expect(result.code == 0)
    #expect(result.error == "")
    for name in ["a/7.png", "b/7.png", "7.png", "7-2.png"] {
      let picture = try Image.decode(contentsOf: "\(folder)/out/\(name)")
      let original = try Image.decode(contentsOf: sample)
      #expect(picture == original, "MNIST's own pictures stay as they are")
    }

    let again = try run("predict", command, in: folder)
    #expect(again.code == 73)
    #expect(again.error == "predict: error: Cannot create 'out/a/7.png': File exists\n")
  }

  @Test("writes the colours of a model that has them")
  func colours() throws {
    let folder = try sharedTemporaryDirectory()
    let samples = (0..<64 * 64 * 3).map { UInt16($0 % 251) }
    let image = Image(width: 64, height: 64, format: .rgb8, samples: samples)
    try image.write(to: "\(folder)/c.jpeg")
    let model = fixture("classifiers/mobile.keras")
    let result = try run(
      "predict", ["c.jpeg", "-m", model, "--save-preprocessed", "out/x"], in: folder)
    #expect(result.code == 0, "\(result.error)")
    let picture = try Image.decode(contentsOf: "\(folder)/out/x/c.png")
    #expect(picture.samples.count == 4 * picture.width * picture.height)
    #expect(Set(stride(from: 0, to: 12, by: 4).map { picture.samples[$0] }).count > 1)
  }
}
