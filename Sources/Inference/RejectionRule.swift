package import ModelFiles
import Tensors

/// What a model's file says about the calibration of its outputs and about pictures without an
/// answer.
package struct RejectionRule {
  /// The index of the class whose pictures show none of the others; `nil` if there is none.
  package let rejectedClass: Int?

  /// By how much the score is lowered if all ways to see a picture but one show another class.
  private static let costOfDisagreement = 7.0

  private let temperature: Double
  private let limit: (score: RejectionScore, threshold: Double)?

  /// The name of a score that does not exist, or that needs a rejected class; `nil` if the score
  /// can be computed.
  package let unusableScore: String?

  /// Creates the rule of a file; `nil` if it says nothing that fits the model.
  ///
  /// - Parameters:
  ///   - pictures: What the file says.
  ///   - classCount: The number of the model's classes.
  package init?(_ pictures: PictureConfig?, classCount: Int) {
    guard let pictures, pictures.rejectedClass != nil || pictures.rejection != nil else {
      return nil
    }
    let names = pictures.classNames.count == classCount ? pictures.classNames : []
    rejectedClass = pictures.rejectedClass.flatMap { names.firstIndex(of: $0) }
    guard rejectedClass != nil || pictures.rejection != nil else { return nil }
    temperature = pictures.rejection?.temperature ?? 1
    let score = pictures.rejection.flatMap { RejectionScore(rawValue: $0.score) }
    if let rejection = pictures.rejection, let score, score != .margin || rejectedClass != nil {
      limit = (score, rejection.threshold)
      unusableScore = nil
    } else {
      limit = nil
      unusableScore = pictures.rejection?.score
    }
  }

  /// The calibrated probabilities of a picture, its score, and why it is rejected.
  package struct Judgement {
    /// The calibrated probabilities of the classes.
    package let probabilities: [Float]

    /// The score; `nil` if there is no threshold for one.
    package let score: Double?

    /// Why the picture is rejected; `nil` if it is not.
    package let rejection: Rejection?
  }

  /// Judges a picture.
  ///
  /// - Parameters:
  ///   - output: The model's output for the picture.
  ///   - kind: The conversion of the output to probabilities.
  ///   - probabilities: The probabilities of the classes without calibration.
  ///   - disagreement: The share of the ways to see the picture that show another class; it lowers
  ///     the score of a model with a rejected class.
  /// - Returns: The judgement.
  package func judge(
    _ output: [Float], _ kind: OutputKind, _ probabilities: [Float], disagreement: Double = 0
  ) -> Judgement {
    // Independent probabilities of classes have no temperature.
    guard kind != .sigmoid, probabilities.count > 1 else {
      return Judgement(probabilities: probabilities, score: nil, rejection: nil)
    }
    // As in the calibration, probabilities are at least 1e-7.
    let logits = output.map { value in
      let logit = kind == .logits ? Double(value) : Elementary.log(Double(min(max(value, 1e-7), 1)))
      return logit / temperature
    }
    let calibrated =
      temperature == 1 && rejectedClass == nil ? probabilities : self.probabilities(of: logits)
    let isOfRejectedClass = rejectedClass.map { logits[$0] == logits.max() } ?? false
    let score = limit.map { limit in
      limit.score(logits, rejectedClass: rejectedClass)
        - (limit.score == .margin ? Self.costOfDisagreement * disagreement : 0)
    }
    let isRejected = score.flatMap { score in limit.map { score < $0.threshold } }
    return Judgement(
      probabilities: calibrated, score: score,
      rejection: isRejected ?? isOfRejectedClass
        ? Rejection(isOfRejectedClass ? .rejectedClass : .lowScore) : nil)
  }

  /// Whether a rejected picture would have an answer if pictures of the rejected class were rarer.
  ///
  /// - Parameters:
  ///   - prediction: The prediction for the picture.
  ///   - factor: How much rarer they are.
  /// - Returns: Whether it would; `false` if the score does not depend on how frequent they are.
  func wouldAnswer(_ prediction: Prediction, ifRarerBy factor: Double) -> Bool {
    guard let rejectedClass, let reason = prediction.rejection?.reason,
      reason == .rejectedClass || reason == .lowScore
    else { return false }
    let share = Double(prediction.probabilities[rejectedClass])
    let margin = Elementary.log(factor * (1 - share) / share)
    guard let limit else { return margin >= 0 }
    return limit.score == .margin && margin >= limit.threshold
  }

  /// The softmax of logits.
  ///
  /// That of the rejected class is its share of all. If there are several others, theirs are shares
  /// of the others only: how likely a class is if the picture shows one.
  private func probabilities(of logits: [Double]) -> [Float] {
    let all = RejectionScore.logSumExp(logits)
    let others =
      rejectedClass == nil || logits.count == 2
      ? all : RejectionScore.energy(logits, rejectedClass: rejectedClass)
    return logits.indices.map { label in
      Float(Elementary.exp(logits[label] - (label == rejectedClass ? all : others)))
    }
  }
}
