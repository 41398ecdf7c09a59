/// A model's prediction for an image.
///
/// ```swift
/// let prediction = try classifier(picture)
/// for (label, probability) in prediction.ranking.prefix(3) {  // the three most probable classes
///   print(prediction.name(of: label) ?? "\(label)", probability)
/// }
/// ```
public struct Prediction: Equatable, Sendable {
  /// The path of the image.
  public internal(set) var file: String

  /// Whether the classes are the digits 0 to 9.
  public let isDigit: Bool

  /// The names of the classes; empty if they have none, or are digits and no names were requested.
  public let classNames: [String]

  /// The probability of each class.
  ///
  /// If there is a ``rejectedClass`` and several others, those of the others are the probabilities
  /// if the picture shows one of them, and have the sum 1.
  public let probabilities: [Float]

  /// The preprocessed image as the model receives it, from 0 to 255, of shape
  /// `[height, width, channels]`, whatever the order of the axes in the model.
  public let samples: [UInt8]

  /// The width of the preprocessed image, in pixels.
  public let width: Int

  /// The number of channels of the preprocessed image: 1 for gray, 3 for RGB, 4 for RGBA.
  public let channels: Int

  /// The height of the preprocessed image, in pixels.
  public var height: Int { samples.count / (width * channels) }

  /// The preprocessed image as gray levels from 0 to 255, of shape `[height, width]`.
  public var pixels: [UInt8] {
    guard channels > 1 else { return samples }
    return stride(from: 0, to: samples.count, by: channels).map { start in
      let sum =
        299 * Int(samples[start]) + 587 * Int(samples[start + 1]) + 114 * Int(samples[start + 2])
      return UInt8((sum + 500) / 1000)
    }
  }

  /// The decisions of preprocessing and of the conversion to probabilities.
  public let preprocessing: Preprocessing

  /// The index of the class whose pictures show none of the others; `nil` if there is none.
  public internal(set) var rejectedClass: Int?

  /// The score of the picture; `nil` if the model has no threshold for one.
  public internal(set) var score: Double?

  /// Why the picture has no answer; `nil` if it has one.
  public internal(set) var rejection: Rejection?

  /// The most probable class: the digit, for a model of digits.
  public var label: Int {
    let labels = probabilities.indices.filter { $0 != rejectedClass }
    return labels.dropFirst().reduce(labels[0]) {
      probabilities[$1] > probabilities[$0] ? $1 : $0
    }
  }

  /// The name of a class; `nil` if it has none.
  ///
  /// - Parameter label: The number of the class.
  /// - Returns: The name.
  public func name(of label: Int) -> String? {
    classNames.indices.contains(label) ? classNames[label] : nil
  }

  /// The probability of the most probable class.
  public var confidence: Float { probabilities[label] }

  /// The classes but the rejected one with their probabilities, the most probable first.
  public var ranking: [(label: Int, probability: Float)] {
    probabilities.enumerated()
      .map { (label: $0.offset, probability: $0.element) }
      .filter { $0.label != rejectedClass }
      .sorted { ($1.probability, $0.label) < ($0.probability, $1.label) }
  }
}
