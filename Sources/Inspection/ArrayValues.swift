/// The elements of a part of a dataset.
public struct ArrayValues: Sendable {
  /// Elements, as precise as they are in the file.
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

  /// What was asked for.
  public let expression: String

  /// The path of the dataset.
  public let path: String

  /// The type of the elements in the file.
  public let elementType: String

  /// The extents of the part; empty for a single element.
  public let shape: [Int]

  /// The elements, the last axis varying fastest.
  public let elements: Elements
}
