/// The rule by which training stops when a metric no longer improves.
///
/// Source: keras/src/callbacks/early_stopping.py.
package struct EarlyStopping {
  /// The number of epochs without improvement after which training stops, at least 1.
  package let patience: Int

  /// The least change that is an improvement, at least 0.
  package let minDelta: Double

  /// Creates a rule.
  ///
  /// - Parameters:
  ///   - patience: The number of epochs without improvement, at least 1.
  ///   - minDelta: The least change that is an improvement, at least 0.
  package init(patience: Int, minDelta: Double) {
    (self.patience, self.minDelta) = (patience, minDelta)
  }

  /// Whether training stops after some epochs.
  ///
  /// - Parameters:
  ///   - values: The metric of each epoch.
  ///   - isLower: Whether a lower value is better.
  /// - Returns: Whether it stops after the last of them, or an earlier one.
  package func stops(after values: [Double], lowerIsBetter isLower: Bool) -> Bool {
    var (best, wait) = (isLower ? Double.infinity : -.infinity, 0)
    for value in values {
      wait += 1
      if isLower ? value < best - minDelta : value > best + minDelta {
        (best, wait) = (value, 0)
      }
      if wait >= patience { return true }
    }
    return false
  }
}
