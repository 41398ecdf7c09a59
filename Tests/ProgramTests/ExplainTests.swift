import Images
import TestSupport
import Testing

@Suite("predict --explain")
struct ExplainTests {
  @Test("draws an explanation and writes it over the picture, of several pictures on a sheet")
  func explanations() throws {
    let folder = try sharedTemporaryDirectory()
    let samples = "\(packageDirectory)/samples"
    let model = "\(packageDirectory)/models/quickstart.h5"
    for method in ["occlusion", "saliency", "gradcam"] {
      let result = try run(
        "predict",
        ["\(samples)/7.png", "-m", model, "--explain", method, "-o", "\(method).png"], in: folder)
      #expect(result.code == 0)
      #expect(result.output.split(separator: "\n").count == 1 + 30, "28 rows and a frame")
      let picture = try Image.decode(contentsOf: "\(folder)/\(method).png")
      #expect((picture.width, picture.height) == (280, 280))
    }
    let command = [
      "\(samples)/7.png", "\(samples)/3.png", "-m", model, "--explain", "saliency", "--class", "2",
      "--json", "-o", "sheet.png",
    ]
    let sheet = try run("predict", command, in: folder)
    #expect(sheet.code == 0)
    #expect(sheet.output.hasPrefix("[\n  {\""))
    #expect(try Image.decode(contentsOf: "\(folder)/sheet.png").width > 280)
    let again = try run("predict", command, in: folder)
    #expect(again.code == 73, "existing files are not replaced")
  }

  @Test("says what it cannot explain")
  func refusals() throws {
    let dense = fixture("explanations/dense.keras", of: "InferenceTests")
    let picture = "\(packageDirectory)/samples/7.png"
    let result = try run("predict", [picture, "-m", dense, "--explain", "gradcam", "--json"])
    #expect(result.code == 65)
    #expect(
      result.error.contains(
        """
        predict: error: Cannot explain with Grad-CAM: the model has no convolution whose output \
        has a width or height of more than one pixel
        predict: hint: --explain occlusion works
        """))
    #expect(result.output.hasSuffix("\n]\n"), "the array is complete")
    let alone = try run("predict", [picture, "-o", "x.png"])
    #expect(alone.code == 64)
  }
}
