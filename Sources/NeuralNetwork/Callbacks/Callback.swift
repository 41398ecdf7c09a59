/// Hooks between the epochs and batches of `Model.fit` and `Model.evaluate`.
///
/// The hooks have Keras's names. A subclass overrides the hooks that it needs, and can set
/// ``Model/stopTraining`` to stop training:
///
/// ```swift
/// final class StopWhenGood: Callback {
///   override func onEpochEnd(_ epoch: Int, model: Model, logs: inout [String: Double]) {
///     if logs["val_accuracy", default: 0] > 0.98 { model.stopTraining = true }
///   }
/// }
/// ```
open class Callback {
  /// Creates a callback.
  public init() {}

  /// Called before the first epoch.
  ///
  /// - Parameter model: The model being trained.
  open func onTrainBegin(model: Model) {}

  /// Called after the last epoch.
  ///
  /// - Parameters:
  ///   - model: The model being trained.
  ///   - logs: The loss and the metrics of the last epoch, by name.
  open func onTrainEnd(model: Model, logs: [String: Double]) {}

  /// Called before each epoch.
  ///
  /// - Parameters:
  ///   - epoch: The index of the epoch, from 0.
  ///   - model: The model being trained.
  open func onEpochBegin(_ epoch: Int, model: Model) {}

  /// Called after each epoch.
  ///
  /// - Parameters:
  ///   - epoch: The index of the epoch, from 0.
  ///   - model: The model being trained.
  ///   - logs: The loss and the metrics of the epoch by name; those of the validation data start
  ///     with `val_`. Values that a callback adds reach later callbacks and the ``History``.
  open func onEpochEnd(_ epoch: Int, model: Model, logs: inout [String: Double]) {}

  /// Called before each batch of training.
  ///
  /// - Parameters:
  ///   - batch: The index of the batch in the epoch, from 0.
  ///   - model: The model being trained.
  open func onTrainBatchBegin(_ batch: Int, model: Model) {}

  /// Called after each batch of training.
  ///
  /// - Parameters:
  ///   - batch: The index of the batch in the epoch, from 0.
  ///   - model: The model being trained.
  ///   - logs: The loss and the metrics since the start of the epoch, by name.
  open func onTrainBatchEnd(_ batch: Int, model: Model, logs: [String: Double]) {}

  /// Called before an evaluation, also that of the validation data.
  ///
  /// - Parameter model: The model being evaluated.
  open func onTestBegin(model: Model) {}

  /// Called after an evaluation.
  ///
  /// - Parameters:
  ///   - model: The model being evaluated.
  ///   - logs: The loss and the metrics, by name.
  open func onTestEnd(model: Model, logs: [String: Double]) {}

  /// Called before a batch of an evaluation is measured.
  ///
  /// - Parameters:
  ///   - batch: The index of the batch, from 0.
  ///   - model: The model being evaluated.
  open func onTestBatchBegin(_ batch: Int, model: Model) {}

  /// Called after a batch of an evaluation was measured.
  ///
  /// - Parameters:
  ///   - batch: The index of the batch, from 0.
  ///   - model: The model being evaluated.
  ///   - logs: The loss and the metrics since the start of the evaluation, by name.
  open func onTestBatchEnd(_ batch: Int, model: Model, logs: [String: Double]) {}
}
