import Cairn
import Glibc
import TestSupport
import Testing

@Suite("Code of the article YourOwnData")
struct YourOwnDataTests {
  @Test("A folder with one subfolder for each class is loaded, trained on, and predicts")
  func folder() throws {
    try withTemporaryDirectory { directory in
      let pictures = "\(directory)/pictures"
      for folder in [pictures, "\(pictures)/dark", "\(pictures)/light"] {
        try #require(mkdir(folder, 0o755) == 0)
      }
      for index in 0..<160 {
        let light = index.isMultiple(of: 2)
        let gray = (0..<40 * 32).map { UInt8((light ? 160 : 10) + ($0 * 7 + index) % 80) }
        try Image(width: 40, height: 32, gray: gray)
          .write(to: "\(pictures)/\(light ? "light" : "dark")/\(index).png")
      }
      var data: LabeledImages?
      let text = try Transcript.of { data = try load(pictures) }
      #expect(
        text == """
          160 pictures, 163840 bytes
          [160, 32, 32, 1] ["dark", "light"]

          """)
      let path = "\(directory)/model.h5"
      let history = try train(on: try #require(data), saveTo: path)
      #expect(history.history["val_accuracy"]?.last ?? 0 > 0.9)

      let classifier = try Classifier(loading: path)
      let prediction = try classifier("\(pictures)/light/0.png")
      #expect(prediction.classNames == ["dark", "light"] && prediction.label == 1)
    }
  }

  @Test("Arrays become batches")
  func arrays() throws {
    let images = try images(
      pixels: Array(repeating: 51, count: 3 * 28 * 28), classes: [1, 2, 0])
    let (pixels, classes) = Array(images)[0]
    #expect(pixels.shape == [3, 28, 28, 1] && pixels.scalars[0] == 0.2)
    #expect(classes.scalars == [1, 2, 0])
    let (inputs, _) = Array(rows([1, 2, 3, 4, 5, 6], labels: [0, 1]))[0]
    #expect(inputs == [[1, 2, 3], [4, 5, 6]])
  }
}
