/// The result of comparing an item of two files.
///
/// See ``FileComparison`` for an example.
public enum ComparisonStatus: String, Sendable {
  /// All bits are equal.
  case equal
  /// The items differ, but every number is within the tolerance.
  case close
  /// The items differ.
  case different
  /// The shapes differ, so the elements are not compared.
  case otherShape = "other shape"
  /// The types differ; numbers are compared as 64-bit floats.
  case otherType = "other dtype"
  /// The second file lacks the item.
  case onlyInFirst = "only in A"
  /// The first file lacks the item.
  case onlyInSecond = "only in B"
  /// One of the items cannot be read.
  case unreadable
}
