/// Hooks between the epochs and batches of
/// ``Model/fit(_:epochs:validationData:callbacks:file:line:onEpochEnd:)``.
///
/// The hooks have Keras's names. A subclass overrides the hooks that it needs, and can set
/// ``Model/stopTraining`` to stop training:
///
///     final class StopWhenGood: Callback {
///       override func onEpochEnd(_ epoch: Int, model: Model, logs: [String: Double]) {
///         if logs["val_accuracy", default: 0] > 0.98 { model.stopTraining = true }
///       }
///     }
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
  ///     with `val_`.
  open func onEpochEnd(_ epoch: Int, model: Model, logs: [String: Double]) {}

  /// Called after each batch.
  ///
  /// - Parameters:
  ///   - batch: The index of the batch in the epoch, from 0.
  ///   - model: The model being trained.
  open func onTrainBatchEnd(_ batch: Int, model: Model) {}
}
