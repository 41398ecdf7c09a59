import Glibc

/// Waits until a condition holds.
///
/// - Parameter condition: Asked every millisecond.
/// - Returns: Whether it held within five minutes, for a test may have to wait for others; one that
///   gets `false` has failed, it has not measured anything.
public func eventually(_ condition: () -> Bool) -> Bool {
  let end = ContinuousClock.now + .seconds(300)
  repeat {
    if condition() { return true }
    usleep(1000)
  } while ContinuousClock.now < end
  return false
}
