public import Inference
public import JSON
public import ModelFiles

/// The options of a training run.
///
/// ```swift
/// var options = RunOptions(savePath: "\(folder)/ckpt.h5")
/// options.epochs = 3
/// options.model = .named(.linear)
/// options.batchSize = 16
/// options.bestPath = "\(folder)/best.h5"
/// let trainer = try Trainer(options: options, data: data)
/// _ = try trainer.run()
/// ```
public struct RunOptions: Sendable {
  /// The path of the checkpoint.
  public var savePath: String

  /// The total number of epochs; `nil` means that of the resumed run, or 5.
  public var epochs: Int?

  /// The total number of steps after which the run ends, even within an epoch; `nil` for no limit.
  public var maxSteps: Int?

  /// The model; `nil` means that of the resumed run, or the quickstart model.
  public var model: ModelChoice?

  /// The path of a file whose weights a new run starts with; `nil` for random ones.
  ///
  /// Only the head, the last layer with weights, may differ from the model of the run.
  public var initialWeights: String?

  /// The numbers that the pixels of bytes have for the model; `nil` means those of the resumed run,
  /// or those that the first layers of the model expect.
  public var pixelRange: PixelRange?

  /// The batch size; `nil` means that of the resumed run, or 32.
  public var batchSize: Int?

  /// The number of shards into which each batch is divided, a power of two; `nil` means that of the
  /// resumed run, or ``newRunShards``.
  ///
  /// The gradient of each shard is computed alone, so that up to as many processes can share the
  /// work. A run of several shards has the same bits for every number of processes.
  public var shards: Int?

  /// The number of shards of a new run without ``shards``, a power of two; fewer for batches that
  /// are smaller.
  public var newRunShards = 1

  /// The random seed; `nil` means that of the resumed run, or 0.
  public var seed: UInt64?

  /// The optimizer; `nil` means that of the resumed file, or Adam.
  public var optimizer: OptimizerName?

  /// The learning rate; `nil` means that of the resumed file, or 0.001.
  public var learningRate: Float?

  /// Options of the optimizer that differ from its defaults, in Keras's form, such as
  /// `weight_decay`; others are those of the resumed run, or the defaults.
  public var optimizerOptions: JSON.Object = [:]

  /// How the model is trained; `nil` members mean those of the resumed run, or the defaults.
  public var recipe = Recipe()

  /// The shuffle buffer size; `nil` means that of the resumed run, or 10,000.
  public var shuffleBuffer: Int?

  /// The settings to change in the resumed run.
  ///
  /// The options above must equal those of the resumed run; these are applied to it. A change that
  /// is already in effect is not applied again.
  public var changes: [SettingChange] = []

  /// The save interval; the run is also saved at its end and when it is stopped.
  public var saveEvery = SaveInterval.epochs(1)

  /// The time limit in seconds, after which the run stops at the end of a step; `nil` for none.
  public var maxSeconds: Double?

  /// The number of recent numbered checkpoints to keep.
  public var keep = 3

  /// Whether to resume an earlier run.
  public var resume = Resume.auto

  /// Whether to overwrite existing files of other runs and programs.
  public var overwrite = false

  /// Whether to reset the optimizer state of the resumed run; this happens only once.
  public var resetOptimizer = false

  /// The path of an additional checkpoint of the best epoch; `nil` for none.
  public var bestPath: String?

  /// The metric that determines the best epoch; `nil` means the loss of the evaluation after each
  /// epoch.
  public var monitor: Monitor?

  /// The path of the log file, with one line per epoch; `nil` for none.
  public var logPath: String?

  /// The folder for TensorBoard's event files, which is created if necessary; `nil` for none.
  public var tensorBoardPath: String?

  /// The folder for plots of the results, which is created if necessary; `nil` for none.
  public var plotsPath: String?

  /// The path of the exported weights, which the caller writes when the run is finished; `nil` for
  /// none.
  public var weightsPath: String?

  /// How pictures are prepared for the model; `nil` if that need not be known.
  ///
  /// The names of the classes are those of the data.
  public var pictures: PictureConfig?

  /// The paths of the data files, which outputs must not overwrite.
  public var dataPaths: [String] = []

  /// The time to retry the final save if it fails, in seconds.
  public var patience = 60

  /// The start time, such as `20260131T120000Z`, which becomes part of the names of damaged files.
  public var time = "unknown"

  /// Facts about the environment (machine, time), which the checkpoint stores separately.
  public var environment: [String: String] = [:]

  /// Creates options with the defaults of the tutorial.
  ///
  /// - Parameter savePath: The path of the checkpoint.
  public init(savePath: String) {
    self.savePath = savePath
  }

  /// Whether to resume an earlier run.
  public enum Resume: Equatable, Sendable {
    /// Resumes the run in the checkpoint if it exists.
    case auto

    /// Starts from scratch.
    case never

    /// Resumes from the given file.
    case from(path: String)
  }
}
