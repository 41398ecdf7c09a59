public import Datasets
public import NeuralNetwork

/// A reason why the state of a run cannot be used.
///
/// See ``TrainingError`` for an example.
public enum StateProblem: Equatable, Sendable {
  /// A setting is missing.
  case missingSetting(String)

  /// A setting is unknown, or has an invalid value.
  case invalidSetting(String, value: String)

  /// A recorded change gives a setting an invalid value.
  case invalidChange(of: String, to: String)

  /// The counts of epochs and steps contradict each other, or the data.
  case inconsistentCounts

  /// The weights of the best epoch or of the last step are missing.
  case missingWeights

  /// The accumulated values of a metric do not fit it.
  case metric(String)

  /// The optimizer cannot be created from its settings.
  case optimizer(KerasError)

  /// The batches cannot be created, or do not have the position of the run.
  case data(DatasetError)
}

extension StateProblem: CustomStringConvertible {
  /// The problem, as a phrase that follows the file name and a colon.
  public var description: String {
    switch self {
    case .missingSetting(let name): "its setting '\(name)' is missing"
    case .invalidSetting(let name, let value):
      "its setting '\(name)' has the invalid value \(value)"
    case .invalidChange(let name, let value):
      "its setting '\(name)' cannot be changed to \(value)"
    case .inconsistentCounts: "its counts of epochs and steps are inconsistent"
    case .missingWeights: "the weights that it keeps beside those of the model are missing"
    case .metric(let name): "its values of the metric '\(name)' cannot be those of the metric"
    case .optimizer(let error): "\(error)"
    case .data(let error): "\(error)"
    }
  }
}
