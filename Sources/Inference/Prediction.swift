import SystemPaths

/// What a model says about a picture.
public struct Prediction: Equatable, Sendable {
  /// The path of the picture.
  public let file: String

  /// Whether the classes are the digits 0 to 9.
  public let isDigit: Bool

  /// The probability of each class.
  public let probabilities: [Float]

  /// The pixels that the model saw, as gray from 0 to 255: `[height, width]`.
  public let pixels: [UInt8]

  /// The pixels in a row.
  public let width: Int

  /// How the picture became these pixels, and the output probabilities.
  public let preprocessing: Preprocessing

  /// The most probable class: the digit, for a model of digits.
  public var label: Int { ranking[0].label }

  /// Its probability.
  public var confidence: Float { ranking[0].probability }

  /// The classes with their probabilities, the most probable first.
  public var ranking: [(label: Int, probability: Float)] {
    probabilities.enumerated()
      .map { (label: $0.offset, probability: $0.element) }
      .sorted { ($1.probability, $0.label) < ($0.probability, $1.label) }
  }
}

extension Prediction: Encodable {
  private enum CodingKeys: String, CodingKey {
    case file, digit, confidence, probabilities, preprocessing
    case label = "class"
  }

  /// Writes all but the pixels.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(PathText.printable(file), forKey: .file)
    try container.encode(label, forKey: isDigit ? .digit : .label)
    try container.encode(confidence, forKey: .confidence)
    try container.encode(probabilities, forKey: .probabilities)
    try container.encode(preprocessing, forKey: .preprocessing)
  }
}
