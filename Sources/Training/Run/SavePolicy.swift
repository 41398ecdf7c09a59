public import NeuralNetwork

/// When and where a run is saved, and what may be replaced.
///
/// ```swift
/// let policy = SavePolicy(
///   every: .seconds(300), keep: 2,
///   best: .init(path: "\(folder)/best.h5", monitor: "accuracy"))
/// let run = try TrainingRun(
///   model, optimizer, batches, metrics: [accuracy], saveTo: path, policy: policy)
/// ```
public struct SavePolicy: Sendable {
  /// The interval between saves; the run is also saved at its end and when it is stopped.
  public var every: SaveInterval

  /// The number of recent numbered checkpoints to keep, such as `ckpt.step-00001875.h5`.
  public var keep: Int

  /// The additional checkpoint of the best epoch; `nil` for none.
  public var best: Best?

  /// Whether to start over, and to replace existing files of this and other runs.
  public var overwrite: Bool

  /// The time to retry the final save if it fails, in seconds.
  public var patience: Int

  /// The start time, such as `20260131T120000Z`, which becomes part of the names of damaged files.
  public var time = "unknown"

  /// Facts about the environment (machine, time), which the checkpoint stores separately.
  public var environment: [String: String] = [:]

  /// An additional checkpoint of the best epoch.
  public struct Best: Sendable {
    /// The path of the file.
    public var path: String

    /// The name of the metric that determines the best epoch.
    public var monitor: String

    /// Whether a lower or a higher value is better; by default, the metric tells it.
    public var mode: MonitorMode

    /// Describes a checkpoint.
    ///
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - monitor: The name of the metric that determines the best epoch.
    ///   - mode: Whether a lower or a higher value is better; by default, the metric tells it.
    public init(path: String, monitor: String, mode: MonitorMode = .auto) {
      (self.path, self.monitor, self.mode) = (path, monitor, mode)
    }
  }

  /// Creates a policy.
  ///
  /// - Parameters:
  ///   - every: The interval between saves.
  ///   - keep: The number of recent numbered checkpoints to keep.
  ///   - best: The additional checkpoint of the best epoch; `nil` for none.
  ///   - overwrite: Whether to start over, and to replace existing files.
  ///   - patience: The time to retry the final save if it fails, in seconds.
  public init(
    every: SaveInterval = .epochs(1), keep: Int = 3, best: Best? = nil, overwrite: Bool = false,
    patience: Int = 60
  ) {
    (self.every, self.keep, self.best) = (every, keep, best)
    (self.overwrite, self.patience) = (overwrite, patience)
  }

  /// The policy as the options of a saver.
  func options(path: String) -> RunOptions {
    var options = RunOptions(savePath: path)
    (options.saveEvery, options.keep, options.bestPath) = (every, keep, best?.path)
    (options.overwrite, options.patience) = (overwrite, patience)
    (options.time, options.environment) = (time, environment)
    return options
  }
}
