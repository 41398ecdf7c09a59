/// The indices of one dimension of a dataset to read: `start`, `start + stride` and so on.
public struct Slice: Equatable, Sendable {
  /// The first index.
  public let start: Int
  /// The number of indices.
  public let count: Int
  /// The distance from one index to the next.
  public let stride: Int

  /// Creates a slice.
  ///
  /// - Parameters:
  ///   - start: The first index.
  ///   - count: The number of indices.
  ///   - stride: The distance from one index to the next, at least 1.
  public init(start: Int, count: Int, stride: Int = 1) {
    self.start = start
    self.count = count
    self.stride = stride
  }

  /// Creates the slice of the indices in `range`.
  ///
  /// - Parameter range: The indices.
  public init(_ range: Range<Int>) {
    self.init(start: range.lowerBound, count: range.count)
  }

  /// Returns whether all indices are valid in a dimension of size `extent`.
  func fits(in extent: Int) -> Bool {
    guard start >= 0, count >= 0, stride >= 1 else { return false }
    guard count > 0 else { return start <= extent }
    let (span, overflow) = (count - 1).multipliedReportingOverflow(by: stride)
    return !overflow && start < extent && span < extent - start
  }
}

extension Slice: CustomStringConvertible {
  /// The count, the first index and the stride if it is not 1.
  public var description: String {
    "\(count) from \(start)" + (stride == 1 ? "" : " by \(stride)")
  }
}
