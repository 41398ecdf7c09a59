import Images
import Inference

/// A reason why a picture has no prediction, as an answer says it.
struct ServiceFailure: Error, Equatable {
  /// The status of the answer.
  let status: AnswerStatus

  /// One sentence without a full stop.
  let message: String

  /// Creates a reason.
  ///
  /// - Parameters:
  ///   - status: The status of the answer.
  ///   - message: One sentence without a full stop.
  init(_ status: AnswerStatus, _ message: String) {
    (self.status, self.message) = (status, message)
  }

  /// Maps an error of a picture.
  ///
  /// - Parameter error: The error.
  init(_ error: ImageError) {
    let status: AnswerStatus =
      switch error.reason {
      case .otherFormat, .unsupported: .otherType
      case .tooLarge: .tooLarge
      case .damaged: .badRequest
      case .unreadable, .uncreatable, .unwritten: .internalError
      }
    self.init(status, "\(error)")
  }

  /// Maps an error of the classification.
  ///
  /// - Parameter error: The error.
  init(_ error: InferenceError) {
    switch error {
    case .picture(let error): self.init(error)
    case .preprocessing: self.init(.unprocessable, "\(error)")
    default: self.init(.internalError, "\(error)")
    }
  }
}
