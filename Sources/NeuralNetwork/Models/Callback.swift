/// What happens between the epochs and batches of ``Model/fit(_:epochs:validationData:callbacks:file:line:onEpochEnd:)``.
///
/// The hooks have Keras's names. A subclass overrides those that it needs, and sets
/// ``Model/stopTraining`` to end the training:
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
  /// - Parameter model: The model that is trained.
  open func onTrainBegin(model: Model) {}

  /// Called after the last epoch.
  ///
  /// - Parameters:
  ///   - model: The model that is trained.
  ///   - logs: The loss and the metrics of the last epoch, by name.
  open func onTrainEnd(model: Model, logs: [String: Double]) {}

  /// Called before each epoch.
  ///
  /// - Parameters:
  ///   - epoch: Its number, from 0.
  ///   - model: The model that is trained.
  open func onEpochBegin(_ epoch: Int, model: Model) {}

  /// Called after each epoch.
  ///
  /// - Parameters:
  ///   - epoch: Its number, from 0.
  ///   - model: The model that is trained.
  ///   - logs: The loss and the metrics of the epoch by name; those of the validation data start with
  ///     `val_`.
  open func onEpochEnd(_ epoch: Int, model: Model, logs: [String: Double]) {}

  /// Called after each batch.
  ///
  /// - Parameters:
  ///   - batch: Its number in the epoch, from 0.
  ///   - model: The model that is trained.
  open func onTrainBatchEnd(_ batch: Int, model: Model) {}
}
