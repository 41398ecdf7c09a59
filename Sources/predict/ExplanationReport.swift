import Arguments
import Console
import Files
import Glibc
import Images
import Inference
import Plots

/// The explanations of the answers: a drawing for each in the terminal, and one picture.
struct ExplanationReport {
  private let classifier: Classifier
  private let method: ExplanationMethod
  private let label: Int?
  private let path: String?
  private var pictures: [PictureSheet.Picture] = []

  /// The largest number of pictures on a sheet.
  private static let pictureCount = 64

  /// The widest drawing, in pixels.
  private static let drawnWidth = 28

  /// - Throws: ``InferenceError`` if the model has no such class, ``ImageError`` if the picture
  ///   exists.
  init?(of classifier: Classifier, _ options: ExplanationOptions) throws {
    guard let method = options.explain else { return nil }
    self.classifier = classifier
    self.method = method
    label = try options.explainedClass.map { name throws(InferenceError) in
      guard let label = classifier.label(named: name) else {
        throw .labels(.unknownClass(name, of: name))
      }
      return label
    }
    path = options.output
    if let path, unsafe access(path, F_OK) == 0 {
      throw ImageError(.uncreatable(systemError(EEXIST)), path: path)
    }
  }

  /// Explains an answer.
  ///
  /// - Returns: The explanation as a drawing.
  mutating func add(_ prediction: Prediction, unicode: Bool) throws -> String {
    let explanation = try classifier.explain(prediction, by: method, label: label)
    if path != nil, pictures.count < Self.pictureCount {
      let names = classifier.classNames
      let name =
        names.indices.contains(explanation.label)
        ? names[explanation.label] : "\(explanation.label)"
      let file = prediction.file.split(separator: "/").last.map(String.init) ?? prediction.file
      pictures.append(
        .init(explanation.image(over: prediction), caption: "\(name)\n\(file)"))
    }
    return Self.drawing(of: explanation, unicode: unicode)
  }

  /// Draws the influences, several pixels as one if there are many.
  private static func drawing(of explanation: Explanation, unicode: Bool) -> String {
    let factor = (explanation.width + drawnWidth - 1) / drawnWidth
    let (width, height) = (explanation.width / factor, explanation.height / factor)
    let levels = (0..<width * height).map { place -> UInt8 in
      var sum: Float = 0
      for y in place / width * factor..<(place / width + 1) * factor {
        for x in place % width * factor..<(place % width + 1) * factor {
          sum += explanation.influence[y * explanation.width + x]
        }
      }
      return UInt8((sum / Float(factor * factor) * 255).rounded())
    }
    return draw(levels, width: width, unicode: unicode)
  }

  /// Writes the picture.
  func finish() throws {
    guard let path, let first = pictures.first else { return }
    let bytes =
      pictures.count == 1
      ? try first.image.encoded() : try PictureSheet(pictures: pictures).png()
    try Image.write(bytes, toNewFile: path)
  }
}
