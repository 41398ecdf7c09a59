public import JSON

/// How a classifier's outputs are calibrated, and which pictures it does not answer.
///
/// ```swift
/// var pictures = PictureConfig(classNames: ["cat", "dog"])
/// pictures.rejection = RejectionConfig(score: "energy", temperature: 1.5, threshold: 4)
/// print(pictures.json.text)  // as the file has it
/// ```
public struct RejectionConfig: Equatable, Sendable {
  /// The name of the score, such as `energy`; a larger score means more certain.
  public var score: String

  /// The temperature T, from 1e-6 to 1e6: the calibrated probabilities are the softmax of the
  /// logits divided by T.
  public var temperature: Double

  /// The threshold: pictures with a lower score are rejected.
  public var threshold: Double

  /// Creates a config.
  ///
  /// - Parameters:
  ///   - score: The name of the score.
  ///   - temperature: The temperature, from 1e-6 to 1e6.
  ///   - threshold: The threshold, finite.
  public init(score: String, temperature: Double, threshold: Double) {
    (self.score, self.temperature, self.threshold) = (score, temperature, threshold)
  }

  /// The config as JSON.
  public var json: JSON {
    .object([
      "score": .string(score), "temperature": .number(temperature),
      "threshold": .number(threshold),
    ])
  }

  /// Reads a config; `nil` if the JSON is none.
  ///
  /// - Parameter json: The config as JSON.
  public init?(json: JSON) {
    guard let score = json["score"]?.string, let temperature = json["temperature"]?.number,
      let threshold = json["threshold"]?.number,
      (1e-6...1e6).contains(temperature), threshold.isFinite
    else { return nil }
    self.init(score: score, temperature: temperature, threshold: threshold)
  }
}
