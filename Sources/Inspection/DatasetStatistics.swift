/// The numbers of a dataset in short.
public struct DatasetStatistics: Sendable {
  /// What the dataset is in its model, or its path if it is in none.
  public let name: String

  /// The path of the dataset.
  public let path: String

  /// The extents; empty for a scalar.
  public let shape: [Int]

  /// The type of the elements in the file.
  public let elementType: String

  /// The statistics; nil if the numbers cannot be read.
  public let statistics: Statistics?

  /// How many of the finite numbers lie in each of sixteen equal parts of the range from the
  /// smallest to the largest, counted as `numpy.histogram` does; empty if there are none.
  public let histogram: [Int]

  /// Why the numbers cannot be read, if they cannot.
  public let problem: String?
}
