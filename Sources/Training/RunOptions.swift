import NeuralNetwork

/// What a run is asked to do.
public struct RunOptions: Sendable {
  /// Where the checkpoint is saved.
  public var savePath: String

  /// How often the data is gone through.
  public var epochs = 5

  /// After how many steps, counted from the first of the run, it ends even inside an epoch.
  public var maxSteps: Int?

  /// How many images are in a batch.
  public var batchSize = 32

  /// What decides everything random in the run.
  public var seed: UInt64 = 0

  /// The optimizer.
  public var optimizer = OptimizerName.adam

  /// How large a step is.
  public var learningRate: Float = 0.001

  /// How many images the shuffle chooses from.
  public var shuffleBuffer = 10_000

  /// How often the run is saved; it is also saved at its end and when it is stopped.
  public var saveEvery = SaveInterval.epochs(1)

  /// How many checkpoints keep a name of their own.
  public var keep = 3

  /// What an earlier run in the same place means.
  public var resume = Resume.auto

  /// Whether a file that is in the way may be replaced.
  public var overwrite = false

  /// Whether the optimizer begins anew, whatever the file that is resumed holds of it.
  public var resetOptimizer = false

  /// Where the checkpoint of the best epoch is kept besides.
  public var bestPath: String?

  /// What tells which epoch is the best.
  public var monitor = Monitor.testLoss

  /// The file that gets a line for each epoch.
  public var logPath: String?

  /// For how many seconds the last save is tried again if it fails.
  public var patience = 60

  /// The time at which the run begins, as in `20260131T120000Z`: part of the names of damaged files.
  public var time = "unknown"

  /// Facts about the machine and the moment, which are kept apart in the checkpoint.
  public var environment: [String: String] = [:]

  /// Creates options with the tutorial's values.
  ///
  /// - Parameter savePath: Where the checkpoint is saved.
  public init(savePath: String) {
    self.savePath = savePath
  }

  /// What an earlier run means for a new one.
  public enum Resume: Equatable, Sendable {
    /// The run in the checkpoint goes on, if there is one.
    case auto

    /// The run starts from the beginning.
    case never

    /// The run in another file goes on.
    case from(path: String)
  }

  /// The settings that decide the bits of the result, as the checkpoint keeps them.
  func settings(dataDigest: String) -> [String: JSON] {
    [
      "model": .string("quickstart"), "batch_size": .integer(batchSize),
      "seed": .string("\(seed)"), "optimizer": .string(optimizer.rawValue),
      "learning_rate": .number(learningRate), "shuffle_buffer": .integer(shuffleBuffer),
      "data_sha256": .string(dataDigest),
    ]
  }
}
