/// What a run is asked to do.
public struct RunOptions: Sendable {
  /// Where the checkpoint is saved.
  public var savePath: String

  /// The number of epochs; by default that of the run that is resumed, or 5.
  public var epochs: Int?

  /// After how many steps, counted from the first of the run, it ends even inside an epoch.
  public var maxSteps: Int?

  /// The batch size; by default that of the run that is resumed, or 32.
  public var batchSize: Int?

  /// The random seed; by default that of the run that is resumed, or 0.
  public var seed: UInt64?

  /// The optimizer; by default that of the file that is resumed, or Adam.
  public var optimizer: OptimizerName?

  /// The learning rate; by default that of the file that is resumed, or 0.001.
  public var learningRate: Float?

  /// The size of the shuffle buffer; by default that of the run that is resumed, or 10,000.
  public var shuffleBuffer: Int?

  /// The settings that are to be changed in the run that is resumed.
  ///
  /// The options above are compared with the run, and it is not resumed if they differ; these are applied.
  /// A change that is already in effect is not applied again.
  public var changes: [SettingChange] = []

  /// How often the run is saved; it is also saved at its end and when it is stopped.
  public var saveEvery = SaveInterval.epochs(1)

  /// How many checkpoints keep a name of their own.
  public var keep = 3

  /// What an earlier run in the same place means.
  public var resume = Resume.auto

  /// Whether files of other runs and programs that are in the way are replaced.
  public var overwrite = false

  /// Whether the optimizer's state is reset when a run is resumed: once, however often the run is resumed.
  public var resetOptimizer = false

  /// Where the checkpoint of the best epoch is kept besides.
  public var bestPath: String?

  /// What tells which epoch is the best.
  public var monitor = Monitor.testLoss

  /// The file that gets a line for each epoch.
  public var logPath: String?

  /// The file that gets the weights alone when the run is finished; whoever runs it writes it.
  public var weightsPath: String?

  /// The files of the data, which no output may replace.
  public var dataPaths: [String] = []

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
}
