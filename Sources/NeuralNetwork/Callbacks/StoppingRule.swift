/// The rule by which training stops when a value no longer improves.
///
/// Source: keras/src/callbacks/early_stopping.py.
package struct StoppingRule {
  private let improvement: Improvement
  private let patience: Int
  private let baseline: Double?
  private let firstEpoch: Int

  private var wait = 0
  private var best: Double?

  /// The index of the best epoch so far, from 0; 0 before there is one.
  package private(set) var bestEpoch = 0

  /// Creates a rule.
  ///
  /// - Parameters:
  ///   - improvement: What counts as an improvement.
  ///   - patience: The number of epochs without improvement after which training stops.
  ///   - baseline: The value that must be exceeded; `nil` for none.
  ///   - firstEpoch: The index of the first epoch that counts.
  package init(
    _ improvement: Improvement, patience: Int, baseline: Double? = nil, firstEpoch: Int = 0
  ) {
    (self.improvement, self.patience) = (improvement, patience)
    (self.baseline, self.firstEpoch) = (baseline, firstEpoch)
  }

  /// What follows from the value of an epoch.
  package enum Verdict {
    /// The epoch is the best so far.
    case best

    /// The epoch is not the best, or does not count.
    case none

    /// Training stops.
    case stop
  }

  /// Takes the value of an epoch.
  ///
  /// - Parameters:
  ///   - value: The value.
  ///   - epoch: The index of the epoch, from 0.
  /// - Returns: What follows from it.
  package mutating func note(_ value: Double, epoch: Int) -> Verdict {
    guard epoch >= firstEpoch else { return .none }
    wait += 1
    guard improvement.isImprovement(value, on: best) else {
      return wait >= patience && epoch > 0 ? .stop : .none
    }
    (best, bestEpoch) = (value, epoch)
    if baseline == nil || improvement.isImprovement(value, on: baseline) { wait = 0 }
    return .best
  }

  /// Whether training stops after some epochs.
  ///
  /// - Parameter values: The value of each epoch.
  /// - Returns: Whether it stops after the last of them, or an earlier one.
  package func stops(after values: [Double]) -> Bool {
    var rule = self
    return values.enumerated().contains { rule.note($1, epoch: $0) == .stop }
  }
}
