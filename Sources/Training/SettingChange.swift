import JSON

/// A change of a setting of a resumed run.
///
/// The weights and the optimizer's moments are kept. A learning rate takes effect at the next step;
/// batch size and shuffle buffer size take effect at the next epoch, so that each epoch contains
/// each image exactly once. Seed, optimizer and data cannot be changed.
///
/// ```swift
/// options.epochs = 2
/// options.changes = [.learningRate(1e-4), .batchSize(8)]  // of the run that is resumed
/// let trainer = try Trainer(options: options, data: data)
/// _ = try trainer.run()
/// ```
public enum SettingChange: Equatable, Sendable {
  /// The learning rate, greater than 0; it replaces a schedule.
  case learningRate(Float)

  /// The batch size, at least 1.
  case batchSize(Int)

  /// The shuffle buffer size, at least 1.
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
