/// The rule by which the learning rate is reduced when a value no longer improves.
///
/// Source: keras/src/callbacks/reduce_lr_on_plateau.py.
package struct PlateauRule {
  private let improvement: Improvement
  private let factor: Double
  private let patience: Int
  private let cooldown: Int
  private let minRate: Double

  private var best: Double?
  private var (wait, rest) = (0, 0)

  /// Creates a rule.
  ///
  /// - Parameters:
  ///   - improvement: What counts as an improvement.
  ///   - factor: The factor by which the learning rate is multiplied.
  ///   - patience: The number of epochs without improvement before a reduction.
  ///   - cooldown: The number of epochs after a reduction in which none is counted.
  ///   - minRate: The least learning rate.
  package init(
    _ improvement: Improvement, factor: Double, patience: Int, cooldown: Int, minRate: Double
  ) {
    (self.improvement, self.factor, self.patience) = (improvement, factor, patience)
    (self.cooldown, self.minRate) = (cooldown, minRate)
  }

  /// Takes the value of an epoch.
  ///
  /// - Parameters:
  ///   - value: The value.
  ///   - rate: The learning rate of the epoch.
  /// - Returns: The learning rate of the next epoch.
  package mutating func note(_ value: Double, rate: Float) -> Float {
    if rest > 0 { (rest, wait) = (rest - 1, 0) }
    if improvement.isImprovement(value, on: best) {
      (best, wait) = (value, 0)
    } else if rest == 0 {
      wait += 1
      if wait >= patience, rate > Float(minRate) {
        (rest, wait) = (cooldown, 0)
        return Float(max(Double(rate) * factor, minRate))
      }
    }
    return rate
  }

  /// The learning rate after some epochs.
  ///
  /// - Parameters:
  ///   - rate: The learning rate of the first epoch.
  ///   - values: The value of each epoch.
  /// - Returns: The learning rate of the next epoch.
  package func rate(_ rate: Float, after values: [Double]) -> Float {
    var rule = self
    return values.reduce(rate) { rule.note($1, rate: $0) }
  }
}
