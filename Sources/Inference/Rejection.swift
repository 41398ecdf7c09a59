/// Why a picture has no answer.
///
/// ```swift
/// let prediction = try classifier(picture)
/// if let rejection = prediction.rejection {
///   print("no answer: \(rejection.reason), score \(prediction.score ?? 0)")
/// } else {
///   print("class \(prediction.label)")
/// }
/// ```
public struct Rejection: Equatable, Sendable {
  /// A reason for rejecting a picture.
  public enum Reason: String, Sendable {
    /// The picture is most likely of the rejected class, which shows none of the other classes.
    case rejectedClass = "rejected_class"

    /// The score of the picture is below the threshold of the model.
    case lowScore = "low_score"

    /// The picture has several large pieces of ink, which may be digits; see
    /// ``Preprocessing/pieces``.
    case severalPieces = "several_pieces"

    /// The picture or its ink has too few pixels to show a digit; see ``Preprocessing/cropBox``.
    case tooSmall = "too_small"
  }

  /// The reason.
  public let reason: Reason

  /// Creates a rejection.
  ///
  /// - Parameter reason: The reason.
  public init(_ reason: Reason) { self.reason = reason }
}
