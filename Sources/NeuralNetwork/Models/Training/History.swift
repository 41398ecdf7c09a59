/// The loss and the metrics of each epoch, under Keras's names: `loss`, `accuracy`, `val_loss`.
///
/// ```swift
/// let history = model.fit(x, y, epochs: 3, validationSplit: 0.25)
/// for (epoch, loss) in (history.history["val_loss"] ?? []).enumerated() {
///   print("epoch \(epoch + 1): \(loss)")
/// }
/// ```
public struct History: Sendable {
  /// The values of each name, one per epoch.
  public internal(set) var history: [String: [Double]] = [:]
}
