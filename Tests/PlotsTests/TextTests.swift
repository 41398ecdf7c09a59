import Images
import Plots
import TestSupport
import Testing

@Suite("Text in drawings")
struct TextTests {
  @Test("Glyphs cover the same parts of pixels as rendered from the font by numpy")
  func coverage() throws {
    let expected = try readBytes(fixture("text.gray"))
    var drawing = Drawing(width: 50, height: 16)
    drawing.write(Label("Ąg8é%…", at: Point(0, 12), size: 11))
    let image = drawing.image
    #expect(image.width * image.height == expected.count)
    let ink = Double(255 - (image.samples.min() ?? 0))
    for (index, value) in expected.enumerated() {
      let covered = Double(255 - image.samples[3 * index]) / ink
      #expect(abs(covered - Double(255 - value) / 255) < 0.03, "pixel \(index)")
    }
  }
}
