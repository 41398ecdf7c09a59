/// The limit on the size of compressed data after it is decompressed.
///
/// Deflate expands a megabyte to a gigabyte at most. No data of interest comes near: the limit is
/// relative to the compressed size, and checked before memory is allocated.
package enum ExpansionLimit {
  /// For pictures and labels: MNIST expands by 5, a set of white pages by 40.
  case data
  /// For weights: those of a trained model hardly expand, an optimizer's zeros by 3.
  case weights

  /// The number of bytes that any file may expand to.
  package static let allowance = 64 << 20

  /// The number of bytes for each compressed byte.
  package var ratio: Int {
    switch self {
    case .data: 64
    case .weights: 8
    }
  }

  /// Returns the limit for compressed data.
  ///
  /// - Parameter count: The size of the compressed data in bytes.
  /// - Returns: The maximum size of the decompressed data in bytes.
  package func bytes(compressed count: Int) -> Int {
    let (product, overflow) = count.multipliedReportingOverflow(by: ratio)
    return overflow ? .max : max(Self.allowance, product)
  }
}
