/// Sets the learning rate of each epoch.
///
/// It adds the `learning_rate` of each epoch to the logs. The optimizer must not have a schedule.
///
/// ```swift
/// let halving = LearningRateScheduler { epoch, rate in epoch == 0 ? rate : rate / 2 }
/// model.fit(x, y, epochs: 3, callbacks: [halving])
/// ```
public final class LearningRateScheduler: Callback {
  private let schedule: (_ epoch: Int, _ learningRate: Float) -> Float

  /// Creates a callback.
  ///
  /// - Parameter schedule: Returns the learning rate of an epoch from its index, from 0, and the
  ///   learning rate before.
  public init(_ schedule: @escaping (_ epoch: Int, _ learningRate: Float) -> Float) {
    self.schedule = schedule
  }

  /// Sets the learning rate.
  public override func onEpochBegin(_ epoch: Int, model: Model) {
    guard let optimizer = model.optimizer else { return }
    optimizer.learningRate = schedule(epoch, optimizer.learningRate)
  }

  /// Adds the learning rate to the logs.
  public override func onEpochEnd(_ epoch: Int, model: Model, logs: inout [String: Double]) {
    logs["learning_rate"] = model.optimizer.map { Double($0.learningRate) }
  }
}
