/// The pictures on which the model is evaluated after each epoch.
///
/// See ``RunSummary`` for an example.
public enum EvaluationSet: String, Sendable {
  /// The test data.
  case test

  /// The part of the training data that is held out for validation.
  case validation = "val"

  /// The name of the mean loss in logs and checkpoints.
  var lossName: String { "\(rawValue)_loss" }

  /// The name of the accuracy in logs and checkpoints.
  var accuracyName: String { "\(rawValue)_accuracy" }

  /// The names of the results of an epoch, in the order of logs.
  var resultNames: [String] { ["loss", "accuracy", lossName, accuracyName] }
}
