import Images
import Plots
import Testing

@Suite("Sheets of pictures")
struct PictureSheetTests {
  /// A gray picture of one value.
  private func picture(_ side: Int, _ value: UInt8) -> Image {
    Image(width: side, height: side, gray: [UInt8](repeating: value, count: side * side))
  }

  @Test("Pictures are enlarged by whole numbers, in rows and columns")
  func places() throws {
    let sheet = PictureSheet(
      pictures: (0..<5).map { .init(picture(28, UInt8($0 * 40)), caption: "\($0)") }, columns: 3)
    let image = sheet.drawing.image
    // Three cells of 70 and two gaps of 12 between margins of 16 CSS pixels, two pixels each.
    #expect(image.width == 2 * (2 * 16 + 3 * 70 + 2 * 12))
    #expect(image.height == 2 * (2 * 16 + 2 * (70 + 4 + 14) + 12))
    for (index, value) in [0, 40, 80, 120, 160].enumerated() {
      let (x, y) = (32 + index % 3 * 164, 32 + index / 3 * 200)
      for (column, row) in [(x, y), (x + 139, y + 139)] {
        #expect(image.samples[3 * (row * image.width + column)] == UInt16(value))
      }
      #expect(image.samples[3 * (y * image.width + x - 1)] == 255)
    }
  }

  @Test("A sheet decodes, without pictures and captions too")
  func decodes() throws {
    for count in [0, 1, 7] {
      let sheet = PictureSheet(pictures: (0..<count).map { _ in .init(picture(3, 9)) })
      let image = try Image.decode(try sheet.png())
      #expect(image.width == Int(sheet.drawing.width) * 2)
    }
  }

  @Test("Long captions are shortened to their cell, and unknown characters are boxes")
  func captions() {
    let typeface = Typeface.regular
    let text = typeface.fitted("a very long name of a class", size: 11, width: 72)
    #expect(text.hasSuffix("…") && text.count > 8)
    #expect(typeface.width(of: text, size: 11) <= 72)
    #expect(typeface.fitted("cat", size: 11, width: 72) == "cat")
    #expect(typeface.width(of: "漢", size: 2048) == 1229)
  }

  @Test("Large pictures are reduced")
  func large() {
    let sheet = PictureSheet(pictures: [.init(picture(1000, 70))])
    #expect(sheet.drawing.width == 192 + 32)
    #expect(sheet.drawing.image.samples[3 * (100 * 448 + 100)] == 70)
  }
}
