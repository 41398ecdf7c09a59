import Preconditions
import Tensors

/// Stops training when a monitored value no longer improves.
///
/// ```swift
/// let stopping = EarlyStopping(
///   monitor: "val_loss", minDelta: 0.05, patience: 3, restoreBestWeights: true)
/// model.fit(x, y, epochs: 100, validationData: validation, callbacks: [stopping])
/// print(stopping.stoppedEpoch, stopping.bestEpoch)  // it stops 3 epochs after the best one
/// ```
public final class EarlyStopping: Callback {
  /// The name of the monitored value in logs.
  public let monitor: String

  /// The index of the epoch after which training was stopped, from 0; 0 if it was not.
  public private(set) var stoppedEpoch = 0

  /// The index of the best epoch, from 0.
  public var bestEpoch: Int { rule?.bestEpoch ?? 0 }

  private let mode: MonitorMode
  private let makeRule: (_ prefersHigher: Bool) -> StoppingRule
  private let restoresBest: Bool
  private var rule: StoppingRule?
  private var bestWeights: [Tensor]?

  /// Creates a callback.
  ///
  /// - Parameters:
  ///   - monitor: The name of the monitored value in logs. Epochs without it do not count.
  ///   - minDelta: The least change that is an improvement; its sign is ignored.
  ///   - patience: The number of epochs without improvement after which training stops, at least 0.
  ///   - mode: Whether a lower or a higher value is better; by default, the metric tells it.
  ///   - baseline: A value that must be exceeded, or training stops after `patience` epochs; `nil`
  ///     for none.
  ///   - restoreBestWeights: Whether the model gets the weights of the best epoch at the end of
  ///     training, also if training was not stopped.
  ///   - startFromEpoch: The index of the first epoch that counts.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    monitor: String = "val_loss", minDelta: Double = 0, patience: Int = 0,
    mode: MonitorMode = .auto, baseline: Double? = nil, restoreBestWeights: Bool = false,
    startFromEpoch: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      patience >= 0, "`patience` must be at least 0, but is \(patience).", file: file, line: line)
    (self.monitor, self.mode, restoresBest) = (monitor, mode, restoreBestWeights)
    makeRule = { prefersHigher in
      StoppingRule(
        Improvement(prefersHigher: prefersHigher, minDelta: minDelta), patience: patience,
        baseline: baseline, firstEpoch: startFromEpoch)
    }
  }

  /// Forgets earlier training.
  public override func onTrainBegin(model: Model) {
    stoppedEpoch = 0
    bestWeights = nil
    rule = makeRule(mode.prefersHigher(monitor, of: model.metrics))
  }

  /// Takes the value of an epoch.
  public override func onEpochEnd(_ epoch: Int, model: Model, logs: inout [String: Double]) {
    guard let value = logs[monitor] else { return }
    switch rule?.note(value, epoch: epoch) {
    case .best: if restoresBest { bestWeights = model.variables.map(\.value) }
    case .stop:
      stoppedEpoch = epoch
      model.stopTraining = true
    case .some(.none), nil: break
    }
  }

  /// Restores the weights of the best epoch, if that is wanted.
  public override func onTrainEnd(model: Model, logs: [String: Double]) {
    guard let bestWeights else { return }
    for (variable, value) in zip(model.variables, bestWeights) { variable.value = value }
  }
}
