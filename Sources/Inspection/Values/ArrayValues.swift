/// The elements of a slice of a dataset.
///
/// ```swift
/// let values = try Inspector(opening: path).values("d2/bias[:3]")
/// if case .floats(let numbers) = values.elements { print(numbers) }  // three numbers
/// ```
public struct ArrayValues: Sendable {
  /// Elements in the precision of the file.
  public enum Elements: Equatable, Sendable {
    /// Floating-point numbers of 16 or 32 bits.
    case floats([Float])
    /// Floating-point numbers of 64 bits.
    case doubles([Double])
    /// Signed integers.
    case integers([Int64])
    /// Unsigned integers.
    case unsigned([UInt64])
    /// Strings.
    case strings([String])
  }

  /// The slice expression.
  public let expression: String

  /// The path of the dataset.
  public let path: String

  /// The type of the elements in the file.
  public let elementType: String

  /// The shape of the slice; empty for a single element.
  public let shape: [Int]

  /// The elements in row-major order.
  public let elements: Elements
}
