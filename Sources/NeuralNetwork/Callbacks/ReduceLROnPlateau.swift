import Preconditions

/// Reduces the learning rate when a monitored value no longer improves.
///
/// It adds the `learning_rate` of each epoch to the logs. The optimizer must not have a schedule.
///
/// ```swift
/// let reducing = ReduceLROnPlateau(monitor: "loss", factor: 0.5, patience: 2, minDelta: 10)
/// model.fit(x, y, epochs: 6, callbacks: [reducing])
/// ```
public final class ReduceLROnPlateau: Callback {
  /// The name of the monitored value in logs.
  public let monitor: String

  private let mode: MonitorMode
  private let makeRule: (_ prefersHigher: Bool) -> PlateauRule
  private var rule: PlateauRule?

  /// Creates a callback.
  ///
  /// - Parameters:
  ///   - monitor: The name of the monitored value in logs. Epochs without it do not count.
  ///   - factor: The factor by which the learning rate is multiplied, less than 1.
  ///   - patience: The number of epochs without improvement before a reduction.
  ///   - mode: Whether a lower or a higher value is better; by default, the metric tells it.
  ///   - minDelta: The least change that is an improvement; its sign is ignored.
  ///   - cooldown: The number of epochs after a reduction in which none is counted.
  ///   - minLR: The least learning rate.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    monitor: String = "val_loss", factor: Double = 0.1, patience: Int = 10,
    mode: MonitorMode = .auto, minDelta: Double = 1e-4, cooldown: Int = 0, minLR: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(factor < 1, "`factor` must be less than 1, but is \(factor).", file: file, line: line)
    (self.monitor, self.mode) = (monitor, mode)
    makeRule = { prefersHigher in
      PlateauRule(
        Improvement(prefersHigher: prefersHigher, minDelta: minDelta), factor: factor,
        patience: patience, cooldown: cooldown, minRate: minLR)
    }
  }

  /// Forgets earlier training.
  public override func onTrainBegin(model: Model) {
    rule = makeRule(mode.prefersHigher(monitor, of: model.metrics))
  }

  /// Takes the value of an epoch.
  public override func onEpochEnd(_ epoch: Int, model: Model, logs: inout [String: Double]) {
    guard let optimizer = model.optimizer else { return }
    let rate = optimizer.learningRate
    logs["learning_rate"] = Double(rate)
    guard let value = logs[monitor], let next = rule?.note(value, rate: rate), next != rate else {
      return
    }
    optimizer.learningRate = next
  }
}
