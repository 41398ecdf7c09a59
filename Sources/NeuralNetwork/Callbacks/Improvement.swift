/// What counts as an improvement of a monitored value.
///
/// Source: keras/src/callbacks/monitor_callback.py.
package struct Improvement: Equatable, Sendable {
  /// Whether a higher value is better.
  package let prefersHigher: Bool

  /// The least change that is an improvement, at least 0.
  package let minDelta: Double

  /// Creates a rule.
  ///
  /// - Parameters:
  ///   - prefersHigher: Whether a higher value is better.
  ///   - minDelta: The least change that is an improvement; its sign is ignored.
  package init(prefersHigher: Bool, minDelta: Double = 0) {
    (self.prefersHigher, self.minDelta) = (prefersHigher, abs(minDelta))
  }

  /// Whether a value is better than an earlier one.
  ///
  /// - Parameters:
  ///   - value: The value.
  ///   - best: The earlier value; any value is better than `nil`.
  /// - Returns: Whether it is an improvement.
  package func isImprovement(_ value: Double, on best: Double?) -> Bool {
    guard let best else { return true }
    return prefersHigher ? value - minDelta > best : value + minDelta < best
  }
}
