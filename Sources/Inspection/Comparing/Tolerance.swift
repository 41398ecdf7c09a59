import Preconditions

/// The tolerance within which two numbers are close.
///
/// As in `numpy.allclose`, the condition is `|a - b| <= absolute + relative * |b|`.
///
/// See ``FileComparison`` for an example.
public struct Tolerance: Equatable, Sendable {
  /// The relative tolerance, at least 0.
  public let relative: Double

  /// The absolute tolerance, at least 0.
  public let absolute: Double

  /// Whether close numbers count as the same; otherwise only equal numbers do.
  public let acceptsClose: Bool

  /// Creates a tolerance.
  ///
  /// Without arguments, the relative tolerance is 1e-5 as in NumPy, but only equal numbers count as
  /// the same. The absolute tolerance is 0 unless it is given, because optimizer slots are often
  /// smaller than NumPy's 1e-8.
  ///
  /// - Parameters:
  ///   - relative: The relative tolerance; 0 if only the other one is given.
  ///   - absolute: The absolute tolerance; 0 if it is not given.
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

  /// Whether two finite numbers with the given difference are close.
  func allows(_ difference: Double, from second: Double) -> Bool {
    difference <= absolute + relative * abs(second)
  }
}
