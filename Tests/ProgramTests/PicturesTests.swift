import TestSupport
import Testing

/// Pictures on which a rule was missing once, and the model that comes with the clone.
@Suite("predict and unusual pictures")
struct PicturesTests {
  private static let model = "\(packageDirectory)/models/quickstart.h5"

  @Test(
    "recognises digits that are turned, framed, or as light as their paper",
    arguments: [
      // Turned by eXIf; the digit is Pillow's exif_transpose's.
      ("orientation-3-six.png", 6), ("orientation-6-seven.png", 7),
      ("orientation-6-seven.jpg", 7),
      // Ink and paper of equal luminance, but of different colours.
      ("equal-luminance-red-on-green.png", 7),
      // A line of one pixel along one edge, and along all four.
      ("edge-line-nine.png", 9), ("frame-seven.png", 7),
    ])
  func digits(name: String, digit: Int) throws {
    let path = fixture("pictures/\(name)")
    let result = try run("predict", [path, "--model", Self.model])
    #expect(result.code == 0)
    #expect(result.output.hasPrefix("\(path): \(digit)  "), "\(result.output)")
  }

  @Test(
    "refuses a blank sheet with noise, or that is darker at its corners",
    arguments: ["blank-noise", "blank-vignette"])
  func blank(name: String) throws {
    let path = fixture("pictures/\(name).png")
    for mode in ["auto", "resize"] {
      let result = try run("predict", [path, "--model", Self.model, "--preprocess", mode])
      #expect(
        result.whole == """
          exit 65
          predict: error: Cannot classify '\(path)': the image is blank: nothing differs from the \
          background\n
          """)
    }
  }
}
