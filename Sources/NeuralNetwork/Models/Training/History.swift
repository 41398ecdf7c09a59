/// The loss and the metrics of each epoch, under Keras's names: `loss`, `accuracy`, `val_loss`.
public struct History: Sendable {
  /// The values of each name, one per epoch.
  public internal(set) var history: [String: [Double]] = [:]
}
