import Checkpoints
import Files
import Glibc
public import ModelFiles
public import NeuralNetwork
import Preconditions

/// Saves the model during `fit`, after epochs or batches.
///
/// ```swift
/// let saving = ModelCheckpoint(filepath: "\(folder)/best.keras", saveBestOnly: true)
/// model.fit(x, y, epochs: 3, validationData: validation, callbacks: [saving])
/// let best = try CheckpointFile(opening: "\(folder)/best.keras").loadModel()
/// ```
///
/// ``TrainingRun`` saves more: a run that resumes exactly.
public final class ModelCheckpoint: Callback {
  /// How often the model is saved.
  public enum Frequency: Equatable, Sendable {
    /// After each epoch.
    case epoch

    /// After a number of batches.
    case batches(Int)
  }

  /// The name of the monitored value in logs.
  public let monitor: String

  /// The error that ended the training, because a file could not be saved; `nil` if there is none.
  public private(set) var failure: CheckpointError?

  /// The best monitored value so far.
  public private(set) var best: Double?

  private let pattern: FileNamePattern
  private let filepath: String
  private let mode: MonitorMode
  private let savesBestOnly: Bool
  private let savesWeightsOnly: Bool
  private let frequency: Frequency
  private var epoch = 0
  private var batchesSinceSave = 0

  /// Creates a callback.
  ///
  /// - Parameters:
  ///   - filepath: The path of the file, which ends with `.keras` or `.h5`, or with `.weights.h5`
  ///     for weights. Fields of Python's `format` such as `{epoch:02d}` and `{val_loss:.4f}` are
  ///     replaced by the number of the epoch, from 1, the number of the batch, and values of the
  ///     logs. Folders that do not exist are created.
  ///   - monitor: The name of the monitored value in logs.
  ///   - saveBestOnly: Whether only a model is saved that is better than all before.
  ///   - saveWeightsOnly: Whether the file has no compile config, which `load_model` needs to
  ///     continue training.
  ///   - mode: Whether a lower or a higher value is better; by default, the metric tells it.
  ///   - saveFreq: How often the model is saved.
  ///   - initialValueThreshold: The value that the first saved model must exceed; `nil` for none.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    filepath: String, monitor: String = "val_loss", saveBestOnly: Bool = false,
    saveWeightsOnly: Bool = false, mode: MonitorMode = .auto, saveFreq: Frequency = .epoch,
    initialValueThreshold: Double? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    let endings = saveWeightsOnly ? [".weights.h5"] : [".keras", ".h5"]
    require(
      endings.contains { filepath.hasSuffix($0) },
      "`filepath` must end with \(endings.joined(separator: " or ")), but is '\(filepath)'.",
      file: file, line: line)
    guard let pattern = FileNamePattern(filepath) else {
      fail(
        "`filepath` must have fields such as {epoch:02d} or {val_loss:.4f}, but is '\(filepath)'.",
        file: file, line: line)
    }
    if case .batches(let count) = saveFreq {
      require(
        count > 0, "`saveFreq` must be at least 1 batch, but is \(count).", file: file, line: line)
    }
    (self.filepath, self.pattern, self.monitor, self.mode) = (filepath, pattern, monitor, mode)
    (savesBestOnly, savesWeightsOnly) = (saveBestOnly, saveWeightsOnly)
    (frequency, best) = (saveFreq, initialValueThreshold)
  }

  /// Notes the epoch, for file names.
  public override func onEpochBegin(_ epoch: Int, model: Model) { self.epoch = epoch }

  /// Saves the model, if it is saved after batches.
  public override func onTrainBatchEnd(_ batch: Int, model: Model, logs: [String: Double]) {
    guard case .batches(let count) = frequency else { return }
    batchesSinceSave += 1
    guard batchesSinceSave >= count else { return }
    batchesSinceSave = 0
    save(model, logs, ["epoch": .integer(epoch + 1), "batch": .integer(batch + 1)])
  }

  /// Saves the model, if it is saved after epochs.
  public override func onEpochEnd(_ epoch: Int, model: Model, logs: inout [String: Double]) {
    guard frequency == .epoch else { return }
    save(model, logs, ["epoch": .integer(epoch + 1)])
  }

  private func save(
    _ model: Model, _ logs: [String: Double], _ counts: [String: FileNamePattern.Value]
  ) {
    let values = counts.merging(logs.mapValues(FileNamePattern.Value.number)) { first, _ in first }
    guard let path = pattern.text(values) else {
      fail(
        "`filepath` must have fields of \(values.keys.sorted()), but is '\(filepath)'.")
    }
    guard isWorthSaving(model, logs) else { return }
    createFolders(of: path)
    do throws(CheckpointError) {
      try Checkpoint(
        model: model, optimizer: model.optimizer,
        compileConfig: savesWeightsOnly ? nil : model.compileConfig
      ).save(to: path)
    } catch {
      failure = error
      model.stopTraining = true
    }
  }

  private func isWorthSaving(_ model: Model, _ logs: [String: Double]) -> Bool {
    // Without the value, Keras saves the model too.
    guard savesBestOnly, let value = logs[monitor] else { return true }
    let improvement = Improvement(prefersHigher: mode.prefersHigher(monitor, of: model.metrics))
    guard improvement.isImprovement(value, on: best) else { return false }
    best = value
    return true
  }

  /// Creates the folders above a file; if that fails, saving the file reports it.
  private func createFolders(of path: String) {
    var index = path.startIndex
    while let slash = path[index...].firstIndex(of: "/") {
      let folder = String(path[..<slash])
      if !folder.isEmpty { _ = unsafe mkdir(folder, 0o777) }
      index = path.index(after: slash)
    }
  }
}
