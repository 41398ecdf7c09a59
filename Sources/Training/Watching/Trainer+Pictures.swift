import Checkpoints
import Datasets
import Images
import Inference
package import Plots
import Tensors

/// Sheets of pictures.
extension Trainer {
  /// The first training pictures of the run with their classes, augmented as the model sees them.
  ///
  /// - Parameter count: The number of pictures, at least 1.
  /// - Returns: The sheet.
  /// - Throws: ``TrainingError`` if pictures cannot be read.
  package func trainingSheet(count: Int = 40) throws(TrainingError) -> PictureSheet {
    var pictures: [PictureSheet.Picture] = []
    var iterator = try batches(at: .init())
    while pictures.count < count, let (images, labels) = iterator.next() {
      pictures += zip(settings.pixelRange.shares(images).pictures(), labels.scalars).map {
        image, label in
        .init(image, caption: className(Int(label)))
      }
    }
    if let failure = images.failure { throw .data(failure) }
    return PictureSheet(pictures: Array(pictures.prefix(count)), columns: 10)
  }

  /// The wrongly classified pictures of the last evaluation with the largest losses; `nil` if there
  /// are none.
  var worstErrors: PictureSheet? {
    guard let evaluation else { return nil }
    let indexes = evaluation.worstErrors(Self.errorCount)
    guard !indexes.isEmpty else { return nil }
    let images = evaluated.subset(at: indexes).images.pictures()
    let pictures = zip(images, indexes).map { image, index in
      PictureSheet.Picture(
        image, label: className(Int(evaluation.labels[index])),
        answer: className(Int(evaluation.predictions[index])),
        confidence: evaluation.confidence(of: index))
    }
    return PictureSheet(pictures: pictures, columns: 8)
  }

  private static let errorCount = 24

  /// The name of a class, or its number.
  func className(_ index: Int) -> String {
    let names = data.classNames ?? []
    return names.indices.contains(index) ? names[index] : "\(index)"
  }
}

extension PixelRange {
  /// Brings pixels of this range back to the range 0 to 1.
  fileprivate func shares(_ pixels: Tensor) -> Tensor {
    switch self {
    case .zeroToOne: pixels
    case .bytes: pixels * (1 / 255)
    case .minusOneToOne: pixels * 0.5 + 0.5
    }
  }
}

extension Tensor {
  /// The images of a batch of shape `[count, height, width, channels]`.
  ///
  /// Pixels of `0...1` are shown from black to white; if there are others, those from the smallest
  /// to the largest. Images of three channels are in colour, of others the first channel is shown.
  fileprivate func pictures() -> [Image] {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    let values = scalars
    let (least, greatest) = (values.min() ?? 0, values.max() ?? 1)
    let isUnit = least >= 0 && greatest <= 1
    let (black, white) = isUnit || least == greatest ? (0, 1) : (least, greatest)
    let shown = channels == 3 ? 3 : 1
    let area = height * width * channels
    return (0..<shape[0]).map { index in
      let start = index * area
      let samples = (0..<height * width * shown).map { place in
        let value = values[start + place / shown * channels + place % shown]
        let share = (value - black) / (white - black)
        return UInt16(Swift.min(Swift.max(share.isNaN ? 0 : share, 0), 1) * 255 + 0.5)
      }
      return Image(
        width: width, height: height, format: shown == 3 ? .rgb8 : .gray8, samples: samples)
    }
  }
}
