import Glibc

/// How fast something goes, with the recent past counting most.
///
/// The rate is steps by time, both with weights that fall by half in about seven seconds, so it
/// is right from the first step on and follows a change within seconds.
struct RateEstimator {
  /// The time after which the past counts 1/e, in seconds.
  private static let memory = 10.0

  private var position: Int
  private var time: Double
  private var weightedSteps = 0.0
  private var weightedTime = 0.0

  /// Begins to measure.
  ///
  /// - Parameters:
  ///   - position: What others have done before; it does not count.
  ///   - time: The time now, in seconds.
  init(position: Int, time: Double) {
    self.position = position
    self.time = time
  }

  /// Steps per second, or `nil` before there is anything to measure.
  var rate: Double? {
    weightedSteps > 0 && weightedTime > 0 ? weightedSteps / weightedTime : nil
  }

  /// Takes note of how far things are.
  ///
  /// - Parameters:
  ///   - position: What is done now.
  ///   - time: The time now, in seconds.
  mutating func record(position: Int, time: Double) {
    let elapsed = max(time - self.time, 0)
    let keep = exp(-elapsed / Self.memory)
    weightedSteps = weightedSteps * keep + Double(position - self.position)
    weightedTime = weightedTime * keep + elapsed
    self.position = position
    self.time = max(time, self.time)
  }
}
