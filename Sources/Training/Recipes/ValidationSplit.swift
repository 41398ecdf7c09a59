import JSON

/// The part of the training data that is held out for validation.
///
/// ```swift
/// let share = ValidationSplit("0.1")  // .fraction(0.1), a tenth of the training data
/// let number = ValidationSplit("5000")  // .count(5000)
/// ```
public enum ValidationSplit: Equatable, Sendable {
  /// A share, in `0..<1`.
  case fraction(Double)

  /// A number of examples, at least 0.
  case count(Int)

  /// Reads a share or a number.
  ///
  /// - Parameter text: A number such as `0.1` or `5000`.
  public init?(_ text: String) {
    if let count = Int(text) {
      guard count >= 0 else { return nil }
      self = .count(count)
    } else {
      guard let fraction = Double(text), (0..<1).contains(fraction) else { return nil }
      self = .fraction(fraction)
    }
  }

  /// The number of examples, rounded to the nearest.
  ///
  /// - Parameter count: The number of examples of the training data.
  /// - Returns: The number that is held out.
  func count(of count: Int) -> Int {
    switch self {
    case .fraction(let fraction): Int((Double(count) * fraction).rounded())
    case .count(let heldOut): heldOut
    }
  }

  /// The number in the form of checkpoints: a fraction, or a whole number.
  var json: JSON {
    switch self {
    case .fraction(let fraction): .number(fraction)
    case .count(let count): .integer(count)
    }
  }

  /// Reads the number of a checkpoint or file; `nil` if it is none.
  init?(json: JSON) {
    switch json {
    case .integer(let count) where count >= 0: self = .count(count)
    case .number(let fraction) where (0..<1).contains(fraction): self = .fraction(fraction)
    default: return nil
    }
  }
}
