import Cairn
import TestSupport
import Testing

@Suite("Code of the article PredictingPictures")
struct PredictingPicturesTests {
  private let model = "\(packageDirectory)/models/digits.h5"
  private let samples = "\(packageDirectory)/samples"

  @Test("A picture is classified and explained")
  func explanation() throws {
    try withTemporaryDirectory { directory in
      let heatMap = "\(directory)/heat.png"
      let text = try Transcript.of {
        try classify("\(samples)/7.png", with: model, explainingIn: heatMap)
      }
      #expect(text.hasPrefix("class 7, probability "))
      #expect(try Image.decode(contentsOf: heatMap).width > 28)
    }
  }

  @Test("Pictures in folders are classified in the order of their names")
  func folder() throws {
    try withTemporaryDirectory { directory in
      for digit in 0...2 {
        try writeBytes(
          readBytes("\(samples)/\(digit).png"), to: "\(directory)/\(2 - digit).png")
      }
      try writeBytes([0x89, 0x50, 0x4E, 0x47], to: "\(directory)/3.png")
      let text = try Transcript.of {
        classify(picturesBelow: directory, with: try Classifier(loading: model))
      }
      let expected = ["0.png 2", "1.png 1", "2.png 0", "3.png has no answer"]
      #expect(text == expected.map { "\(directory)/\($0)\n" }.joined())
    }
  }

  @Test("The number on a page is read")
  func number() throws {
    try withTemporaryDirectory { directory in
      let page = "\(directory)/page.png"
      var gray = Array(repeating: UInt8(255), count: 100 * 60)
      for (digit, left) in [(4, 10), (2, 42)] {
        let picture = try Image.decode(contentsOf: "\(samples)/\(digit).png")
        try #require(picture.width == 28 && picture.height == 28)
        let channels = picture.format.channels
        for row in 0..<28 {
          for column in 0..<28 {
            let light = Int(picture.samples[(28 * row + column) * channels])
            let dark = 255 - 255 * light / Int(picture.format.maximum)
            gray[(16 + row) * 100 + left + column] = UInt8(dark)
          }
        }
      }
      try Image(width: 100, height: 60, gray: gray).write(to: page)
      let text = try Transcript.of {
        try numbers(in: page, readBy: try Classifier(loading: model))
      }
      #expect(text.hasPrefix("42 begins at column 1"))
    }
  }
}
