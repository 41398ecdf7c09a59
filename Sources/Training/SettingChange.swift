import NeuralNetwork

/// A setting that can be changed while a run goes on, and its new value.
///
/// The weights and the optimizer's moments are kept. A learning rate takes effect with the next step;
/// a batch size and a shuffle buffer with the next epoch, so that each epoch has each image exactly once.
/// Seed, optimizer and data cannot be changed: they belong to what was computed already.
public enum SettingChange: Equatable, Sendable {
  /// The learning rate, greater than 0; it also takes the place of a schedule.
  case learningRate(Float)

  /// The batch size, at least 1.
  case batchSize(Int)

  /// The size of the shuffle buffer, at least 1.
  case shuffleBuffer(Int)

  /// The name of the setting in checkpoints.
  var name: String {
    switch self {
    case .learningRate: "learning_rate"
    case .batchSize: "batch_size"
    case .shuffleBuffer: "shuffle_buffer"
    }
  }

  /// The value in checkpoints.
  var value: JSON {
    switch self {
    case .learningRate(let rate): .number(rate)
    case .batchSize(let size), .shuffleBuffer(let size): .integer(size)
    }
  }
}
