/// The parts of a picture that an answer depends on.
///
/// ```swift
/// let prediction = try classifier(picture)
/// let explanation = try classifier.explain(prediction, by: .gradcam)
/// let heatMap = explanation.image(over: prediction)  // red where the answer comes from
/// ```
public struct Explanation: Equatable, Sendable {
  /// The method.
  public let method: ExplanationMethod

  /// The class that is explained.
  public let label: Int

  /// The width in pixels, that of the preprocessed picture.
  public let width: Int

  /// The height in pixels, that of the preprocessed picture.
  public let height: Int

  /// The influence of each pixel, from 0 to 1 for the largest, as `[height, width]`; all are 0 if
  /// nothing has influence.
  public let influence: [Float]

  /// Scales the influences, so that the largest is 1.
  init(
    _ method: ExplanationMethod, label: Int, width: Int, height: Int, influence: [Float]
  ) {
    (self.method, self.label, self.width, self.height) = (method, label, width, height)
    let largest = influence.max() ?? 0
    self.influence =
      largest > 0 && largest.isFinite
      ? influence.map { max(0, $0 / largest) } : influence.map { _ in 0 }
  }
}
