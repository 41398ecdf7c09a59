import Preconditions

/// How far apart two numbers may be and still be close.
///
/// The rule is that of numpy's `allclose`: `|a - b| <= absolute + relative * |b|`.
public struct Tolerance: Equatable, Sendable {
  /// The part of the second number that the difference may be, at least 0.
  public let relative: Double

  /// What the difference may be whatever the numbers are, at least 0.
  public let absolute: Double

  /// Whether close numbers count as the same; else only equal ones do.
  public let acceptsClose: Bool

  /// Creates a tolerance.
  ///
  /// If neither part is given, numbers are called close that differ by no more than 1e-5 of the second
  /// one, as in numpy, but only equal ones count as the same. There is no absolute part unless it is
  /// given: what an optimizer keeps is often smaller than numpy's 1e-8.
  ///
  /// - Parameters:
  ///   - relative: The part of the second number that the difference may be; 0 if only the other is
  ///     given.
  ///   - absolute: What the difference may be whatever the numbers are; 0 if it is not given.
  /// - Precondition: Both are finite and at least 0.
  public init(relative: Double? = nil, absolute: Double? = nil) {
    acceptsClose = relative != nil || absolute != nil
    self.relative = relative ?? (absolute == nil ? 1e-5 : 0)
    self.absolute = absolute ?? 0
    require(
      self.relative >= 0 && self.relative.isFinite && self.absolute >= 0
        && self.absolute.isFinite,
      """
      Tolerance: `relative` and `absolute` must be finite and at least 0, but are \
      \(self.relative) and \(self.absolute).
      """)
  }

  /// Whether two finite numbers of some difference are close.
  func allows(_ difference: Double, from second: Double) -> Bool {
    difference <= absolute + relative * abs(second)
  }
}
