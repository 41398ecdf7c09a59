import JSON
import ModelFiles
import TestSupport
import Testing

import Inference

@Suite("Rejection")
struct RejectionTests {
  private static let names = ["a", "b", "none"]

  private func rule(
    _ score: String = "energy", temperature: Double = 2, threshold: Double = 1,
    rejectedClass: String? = nil, names: [String] = names
  ) throws -> RejectionRule {
    try #require(
      RejectionRule(
        PictureConfig(
          classNames: names, rejectedClass: rejectedClass,
          rejection: .init(score: score, temperature: temperature, threshold: threshold)),
        classCount: 3))
  }

  @Test("Logits are divided by the temperature before anything else")
  func temperature() throws {
    let judgement = try rule().judge([2, 0, 0], .logits, [1, 0, 0])
    // e / (e + 2), and log(e + 2).
    #expect(abs(judgement.probabilities[0] - 0.576_116_88) < 1e-6)
    #expect(abs((judgement.score ?? 0) - 1.551_444_7) < 1e-6)
    #expect(judgement.rejection == nil)
    #expect(
      try rule(threshold: 1.6).judge([2, 0, 0], .logits, [1, 0, 0]).rejection?.reason == .lowScore)
  }

  @Test("Probabilities are calibrated by their logarithms, sigmoids are not")
  func kinds() throws {
    let shares: [Float] = [0.8, 0.1, 0.1]
    let judgement = try rule().judge(shares, .probabilities, shares)
    // √0.8 / (√0.8 + 2 √0.1)
    #expect(abs(judgement.probabilities[0] - 0.585_786_4) < 1e-5)
    #expect(try rule().judge([0, 0, 1], .probabilities, [0, 0, 1]).probabilities[2] > 0.99)
    let sigmoids = try rule(threshold: 100).judge(shares, .sigmoid, shares)
    #expect(sigmoids.probabilities == shares && sigmoids.score == nil)
    #expect(sigmoids.rejection == nil)
  }

  @Test("The rejected class has no part in the scores, and is no answer")
  func rejectedClass() throws {
    let logits: [Float] = [1, 0, 5]
    func score(_ name: String) throws -> Double? {
      try rule(name, temperature: 1, rejectedClass: "none").judge(logits, .logits, [0, 0, 1]).score
    }
    #expect(abs(try score("energy")! - 1.313_261_7) < 1e-6)
    #expect(abs(try score("margin")! - -3.686_738_3) < 1e-6)
    let judged = try rule("margin", threshold: 0, rejectedClass: "none")
      .judge(logits, .logits, [0, 0, 1])
    #expect(judged.rejection?.reason == .rejectedClass)
    // Without a threshold, the most probable class decides.
    let alone = try #require(
      RejectionRule(PictureConfig(classNames: Self.names, rejectedClass: "none"), classCount: 3))
    #expect(alone.judge(logits, .logits, [0, 0, 1]).rejection?.reason == .rejectedClass)
    #expect(alone.judge([5, 0, 1], .logits, [1, 0, 0]).rejection == nil)
    // Those of the others are shares without it: 1 / (1 + e⁻⁵), e⁻⁵ / (1 + e⁻⁵), and its own
    // e / (e⁵ + 1 + e).
    let probabilities = alone.judge([5, 0, 1], .logits, [1, 0, 0]).probabilities
    for (found, wanted) in zip(probabilities, [0.993_307_1, 0.006_692_9, 0.017_868_0]) {
      #expect(abs(Double(found) - wanted) < 1e-6)
    }
  }

  @Test("A score that cannot be computed is ignored with a note; the temperature holds")
  func unusableScores() throws {
    for name in ["entropy", "probability", "", "margin"] {
      let rule = try rule(name, threshold: 1e300)
      #expect(rule.unusableScore == name)
      let judgement = rule.judge([2, 0, 0], .logits, [1, 0, 0])
      #expect(judgement.rejection == nil && judgement.score == nil)
      #expect(judgement.probabilities[0] < 0.6)
    }
  }

  @Test("Extreme temperatures and thresholds give finite probabilities")
  func extremes() throws {
    for temperature in [1e-6, 1e6] {
      for threshold in [-1e308, 1e308] {
        let judgement = try rule(temperature: temperature, threshold: threshold)
          .judge([3e38, 0, -3e38], .logits, [1, 0, 0])
        #expect(judgement.probabilities.allSatisfy { (0...1).contains($0) })
        #expect(judgement.score?.isFinite == true)
      }
    }
  }

  @Test(
    "Configs with impossible values are none",
    arguments: [
      #"{"rejection": {"score": "energy", "temperature": 0, "threshold": 1}}"#,
      #"{"rejection": {"score": "energy", "temperature": -1, "threshold": 1}}"#,
      #"{"rejection": {"score": "energy", "temperature": 5e-324, "threshold": 1}}"#,
      #"{"rejection": {"score": "energy", "temperature": 1e999, "threshold": 1}}"#,
      #"{"rejection": {"score": "energy", "temperature": "1", "threshold": 1}}"#,
      #"{"rejection": {"score": "energy", "temperature": 1, "threshold": "1"}}"#,
      #"{"rejection": {"score": 1, "temperature": 1, "threshold": 1}}"#,
      #"{"rejection": {"score": "energy", "temperature": 1}}"#, #"{"rejection": 1}"#,
      #"{"rejection": []}"#, #"{"rejected_class": "d"}"#, #"{"rejected_class": 1}"#,
      #"{"rejected_class": ["a"]}"#,
    ])
  func hostileConfigs(text: String) throws {
    let own = #"{"class_names": ["a", "b", "none"], "scales_bytes": true, "#
    guard let json = try? JSON(parsing: own + text.dropFirst()) else { return }
    #expect(PictureConfig(json: json) == nil)
  }

  @Test("Configs are read as they were written, and without rejection as they always were")
  func configs() throws {
    let config = PictureConfig(
      classNames: Self.names, rejectedClass: "none",
      rejection: .init(score: "margin", temperature: 1.25, threshold: -0.5))
    #expect(PictureConfig(json: config.json) == config)
    #expect(
      PictureConfig(classNames: []).json.text(.canonicalUTF8)
        == #"{"class_names":[],"scales_bytes":true}"#)
  }

  @Test(
    "Too few pixels are no digit",
    arguments: [(1, 20, 1, 20), (20, 4, 3, 3), (40, 40, 4, 4), (40, 40, 3, 5)])
  func tooSmall(width: Int, height: Int, inkWidth: Int, inkHeight: Int) throws {
    let classifier = try Classifier(loading: "\(packageDirectory)/models/quickstart.h5")
    // A gradient of ink, so that the border is no sheet of it.
    let image = Pictures.gray(width, height) { x, y in
      x < inkWidth && y < inkHeight ? 30 + 3 * x + 10 * y : 240
    }
    let prediction = try classifier(image, named: "small", mode: .mnist)
    let isDigit = max(inkWidth, inkHeight) >= 5 && min(width, height) >= 5
    #expect((prediction.rejection?.reason != .tooSmall) == isDigit)
  }
}
