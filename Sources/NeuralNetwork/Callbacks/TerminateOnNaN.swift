/// Stops training when the loss becomes NaN or infinite.
///
/// ```swift
/// let history = model.fit(broken, y, epochs: 10, callbacks: [TerminateOnNaN()])
/// let epochs = history.history["loss"]?.count  // 1
/// ```
public final class TerminateOnNaN: Callback {
  /// Looks at the loss since the start of the epoch.
  public override func onTrainBatchEnd(_ batch: Int, model: Model, logs: [String: Double]) {
    if logs["loss"]?.isFinite == false { model.stopTraining = true }
  }
}
