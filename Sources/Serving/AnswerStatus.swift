/// The status of an answer, with its number in HTTP (RFC 9110).
package enum AnswerStatus: Int, Sendable {
  /// The answer is what was asked for.
  case ok = 200
  /// The request or the picture is damaged.
  case badRequest = 400
  /// The request comes from another web site.
  case forbidden = 403
  /// There is nothing at this path.
  case notFound = 404
  /// The path has another method.
  case methodNotAllowed = 405
  /// The request did not come in time.
  case timeout = 408
  /// The body or the picture exceeds a limit.
  case tooLarge = 413
  /// The body is no PNG or JPEG.
  case otherType = 415
  /// The picture is intact, but cannot be classified, because it is blank.
  case unprocessable = 422
  /// The header exceeds a limit.
  case headerTooLarge = 431
  /// The model failed.
  case internalError = 500
  /// There are too many requests.
  case unavailable = 503
}
