import Cairn
import TestSupport
import Testing

/// The examples in the comments of the modules for pictures, plots, inspection and JSON.
@Suite("Examples of pictures, plots and files")
struct ApplicationsExamples {
  private let model = "\(packageDirectory)/models/digits.h5"

  @Test func classifier() throws {
    let picture = "\(packageDirectory)/samples/7.png"

    let classifier = try Classifier(loading: model)
    let prediction = try classifier(picture)
    print(prediction.label, prediction.confidence)  // the class, and its probability
    #expect(prediction.label == 7)
  }

  @Test func explanation() throws {
    let picture = "\(packageDirectory)/samples/7.png"
    let classifier = try Classifier(loading: model)

    let prediction = try classifier(picture)
    let explanation = try classifier.explain(prediction, by: .gradcam)
    let heatMap = explanation.image(over: prediction)  // red where the answer comes from
    #expect(heatMap.width > 0 && explanation.label == 7)
  }

  @Test func inspector() throws {
    let path = "\(packageDirectory)/models/quickstart.h5"

    let inspector = try Inspector(opening: path)
    for layer in inspector.report.model?.layers ?? [] { print(layer.name) }
    let values = try inspector.values("d2/kernel[0:2, :3]")
    print(values.shape, values.elements)  // [2, 3] and six numbers
    #expect(values.shape == [2, 3])
    #expect(inspector.report.model?.layers.isEmpty == false)
  }

  @Test func verification() throws {
    let path = "\(packageDirectory)/models/quickstart.h5"

    let verification = try Verification(of: path)
    print(verification.isGood ? "intact" : "damaged")
    #expect(verification.isGood)
  }

  @Test func image() throws {
    try withTemporaryDirectory { folder in
      let gray = (0..<64).map { UInt8(4 * $0) }
      try Image(width: 8, height: 8, gray: gray).write(to: "\(folder)/ramp.png")
      let picture = try Image.decode(contentsOf: "\(folder)/ramp.png")
      #expect(picture.width == 8 && picture.height == 8)
    }
  }

  @Test func pictureSheet() throws {
    let images = (0..<6).map { Image(width: 4, height: 4, gray: .init(repeating: $0, count: 16)) }

    let sheet = PictureSheet(
      pictures: images.map { .init($0, caption: "cat\n98 %") }, columns: 3, title: "Cats")
    let png = try sheet.png()
    #expect(png.prefix(4) == [0x89, 0x50, 0x4E, 0x47])
  }

  @Test func curveChart() throws {
    let chart = CurveChart(
      title: "Loss",
      curves: [.init("training", [0.9, 0.5, 0.3]), .init("validation", [1, 0.7, 0.6])], marked: 3)
    let svg = try chart.drawing.svg()
    #expect(svg.hasPrefix("<svg") || svg.hasPrefix("<?xml"))
  }

  @Test func confusionChart() throws {
    let chart = ConfusionChart(title: "Answers", names: ["cat", "dog"], counts: [9, 1, 2, 8])
    let png = try chart.drawing.png()
    #expect(png.prefix(4) == [0x89, 0x50, 0x4E, 0x47])
  }

  @Test func json() throws {
    let json = try JSON(parsing: #"{"epochs": 5, "rates": [0.1, 0.01]}"#)
    let epochs = json["epochs"]?.integer  // 5
    let rates = json["rates"]?.array?.compactMap(\.number)  // [0.1, 0.01]
    print(json.text)
    #expect(epochs == 5 && rates == [0.1, 0.01])
  }

  @Test func threads() {
    let before = Threads.count

    Threads.count = 1  // results do not depend on it
    #expect(Threads.count == 1)
    Threads.count = before
  }
}
