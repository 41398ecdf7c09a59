/// How something in one file compares with its counterpart in the other.
public enum ComparisonStatus: String, Sendable {
  /// They have the same bits.
  case equal
  /// They differ, and every number is close.
  case close
  /// They differ by more than that.
  case different
  /// The shapes differ; the elements are not compared.
  case otherShape = "other shape"
  /// The types differ; numbers are compared as 64-bit ones.
  case otherType = "other dtype"
  /// The second file has none.
  case onlyInFirst = "only in A"
  /// The first file has none.
  case onlyInSecond = "only in B"
  /// One of them cannot be read.
  case unreadable
}
