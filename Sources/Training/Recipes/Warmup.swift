/// The length of a linear warmup of the learning rate, such as `500steps` or `2epochs`.
///
/// See ``RateSchedule`` for an example.
public enum Warmup: Equatable, Sendable, CustomStringConvertible {
  /// A number of steps, at least 0.
  case steps(Int)

  /// A number of epochs, at least 1.
  case epochs(Int)

  /// Reads a length: a number of steps, with or without a unit, or of epochs.
  ///
  /// - Parameter text: The length, such as `500`, `500steps` or `2epochs`.
  public init?(_ text: String) {
    if let count = Int(text) {
      guard (0...1_000_000_000).contains(count) else { return nil }
      self = .steps(count)
      return
    }
    switch SaveInterval(text) {
    case .steps(let count)?: self = .steps(count)
    case .epochs(let count)?: self = .epochs(count)
    case .seconds?, nil: return nil
    }
  }

  /// The length with its unit.
  public var description: String {
    switch self {
    case .steps(let count): "\(count)steps"
    case .epochs(let count): "\(count)epochs"
    }
  }

  /// The number of steps.
  ///
  /// - Parameter stepsInEpoch: The number of steps of an epoch.
  /// - Returns: The number of steps.
  func steps(stepsInEpoch: Int) -> Int {
    switch self {
    case .steps(let count): count
    case .epochs(let count): count * stepsInEpoch
    }
  }
}
