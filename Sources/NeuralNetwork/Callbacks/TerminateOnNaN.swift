/// Stops training when the loss becomes NaN or infinite.
public final class TerminateOnNaN: Callback {
  /// Looks at the loss since the start of the epoch.
  public override func onTrainBatchEnd(_ batch: Int, model: Model, logs: [String: Double]) {
    if logs["loss"]?.isFinite == false { model.stopTraining = true }
  }
}
