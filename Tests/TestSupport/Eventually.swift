import Glibc

/// Waits until a condition holds.
///
/// - Parameter condition: Asked every millisecond.
/// - Returns: Whether it held within a minute; a test that gets `false` has failed, it has not
///   measured anything.
public func eventually(_ condition: () -> Bool) -> Bool {
  for _ in 0..<60_000 {
    if condition() { return true }
    usleep(1000)
  }
  return false
}
