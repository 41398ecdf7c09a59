/// What a model says about a picture.
public struct Prediction: Equatable, Sendable {
  /// The path of the picture.
  public let file: String

  /// The probability of each digit, from 0 to 9.
  public let probabilities: [Float]

  /// The 28 × 28 pixels that the model saw, 0 for paper to 255 for ink.
  public let pixels: [UInt8]

  /// How the picture became these pixels.
  public let preprocessing: Preprocessing

  /// The most probable digit.
  public var digit: Int { ranking[0].digit }

  /// Its probability.
  public var confidence: Float { ranking[0].probability }

  /// The digits with their probabilities, the most probable first.
  public var ranking: [(digit: Int, probability: Float)] {
    probabilities.enumerated()
      .map { (digit: $0.offset, probability: $0.element) }
      .sorted { ($1.probability, $0.digit) < ($0.probability, $1.digit) }
  }
}

extension Prediction: Encodable {
  private enum CodingKeys: CodingKey {
    case file, digit, confidence, probabilities, preprocessing
  }

  /// Writes all but the pixels.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(file, forKey: .file)
    try container.encode(digit, forKey: .digit)
    try container.encode(confidence, forKey: .confidence)
    try container.encode(probabilities, forKey: .probabilities)
    try container.encode(preprocessing, forKey: .preprocessing)
  }
}
