import HDF5

/// The bytes of elements that are read from a file, which are limited relative to its size.
///
/// Datasets that share their bytes, or expand much, could otherwise take minutes: a small file can
/// contain many of them.
struct ReadingBudget {
  /// The bytes that are read from any file.
  private static let allowance = 128 << 20

  /// The bytes that are read for each byte of the file.
  private static let ratio = 8

  private let limit: Int
  private var count = 0

  /// Creates a budget.
  ///
  /// - Parameter fileSize: The size of the file in bytes.
  init(fileSize: Int) {
    let (product, overflow) = fileSize.multipliedReportingOverflow(by: Self.ratio)
    limit = max(Self.allowance, overflow ? .max : product)
  }

  /// Counts the elements of a dataset.
  ///
  /// - Parameter dataset: The dataset, which is about to be read.
  /// - Returns: The reason why it is not read; `nil` if it may be.
  mutating func add(_ dataset: borrowing Dataset) -> String? {
    let (bytes, overflow) = (dataset.count ?? 0).multipliedReportingOverflow(
      by: dataset.elementSize)
    // A dataset that cannot be read has a better reason.
    guard !overflow, max(0, bytes - 65_536) / 1000 <= dataset.storageSize else { return nil }
    guard bytes <= limit - count else {
      return "the datasets that are read would have more than \(limit) bytes together"
    }
    count += bytes
    return nil
  }
}
