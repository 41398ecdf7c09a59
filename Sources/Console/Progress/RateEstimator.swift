import Glibc

/// An exponentially weighted rate of steps per second.
///
/// The rate is the sum of steps divided by the sum of time, both with weights that halve in about
/// seven seconds. It is exact from the first step and follows a change within seconds.
struct RateEstimator {
  /// The time constant of the weights, in seconds.
  private static let memory = 10.0

  private var position: Int
  private var time: Double
  private var weightedSteps = 0.0
  private var weightedTime = 0.0

  /// Begins the measurement.
  ///
  /// - Parameters:
  ///   - position: The number of steps that were done before. The rate does not include them.
  ///   - time: The current time in seconds.
  init(position: Int, time: Double) {
    self.position = position
    self.time = time
  }

  /// The steps per second, or `nil` before the first step.
  var rate: Double? {
    weightedSteps > 0 && weightedTime > 0 ? weightedSteps / weightedTime : nil
  }

  /// Records progress.
  ///
  /// - Parameters:
  ///   - position: The number of steps done.
  ///   - time: The current time in seconds.
  mutating func record(position: Int, time: Double) {
    let elapsed = max(time - self.time, 0)
    let keep = exp(-elapsed / Self.memory)
    weightedSteps = weightedSteps * keep + Double(position - self.position)
    weightedTime = weightedTime * keep + elapsed
    self.position = position
    self.time = max(time, self.time)
  }
}
