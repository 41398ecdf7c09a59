import Inference
import TestSupport
import Testing

/// The model and the images of the repository.
@Suite("Samples")
struct SamplesTests {
  private static let samples =
    (0...9).map { ("\($0).png", $0) } + [
      ("drawn-0-thin-off-centre.png", 0), ("drawn-1-black-on-transparent.png", 1),
      ("drawn-2-white-on-transparent.png", 2), ("drawn-3-palette.png", 3),
      ("drawn-4-chalk.png", 4), ("drawn-5-pencil-16-bit.png", 5), ("drawn-6-interlaced.png", 6),
      ("drawn-7-uneven-light.png", 7), ("drawn-8-red-in-wide-picture.png", 8),
      ("drawn-9-half-transparent-paper.png", 9),
    ]

  @Test("The trained model classifies all twenty samples correctly", arguments: samples)
  func digits(file: String, digit: Int) throws {
    let classifier = try Classifier(loading: "\(packageDirectory)/models/quickstart.h5")
    #expect(classifier.recognisesDigits)
    let prediction = try classifier("\(packageDirectory)/samples/\(file)")
    #expect(prediction.isDigit && prediction.label == digit)
    #expect(prediction.confidence == prediction.probabilities.max())
    #expect(abs(prediction.probabilities.reduce(0, +) - 1) < 1e-5)
    #expect(prediction.ranking.map(\.label).sorted() == Array(0...9))
  }

  @Test("Rejects a model that is not an image classifier")
  func otherModel() {
    let path = "\(packageDirectory)/samples/7.png"
    let error = #expect(throws: InferenceError.self) { try Classifier(loading: path) }
    #expect(error?.description == "Cannot open '\(path)': not an HDF5 file")
  }
}
