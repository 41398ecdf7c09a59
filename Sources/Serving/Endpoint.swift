/// A path of the service.
enum Endpoint: String, CaseIterable {
  /// The page on which one draws.
  case page = "/"
  /// The class of a picture.
  case predict = "/predict"
  /// Whether the service runs.
  case health = "/health"
  /// What the model is.
  case model = "/model"

  /// The methods.
  var methods: [String] { self == .predict ? ["POST"] : ["GET", "HEAD"] }
}
