/// A summary of the values of a dataset.
///
/// See ``Statistics`` for an example.
public struct DatasetStatistics: Sendable {
  /// The name of the variable in its model, or the path of a dataset that is not part of a model.
  public let name: String

  /// The path of the dataset.
  public let path: String

  /// The shape; empty for a scalar.
  public let shape: [Int]

  /// The type of the elements in the file.
  public let elementType: String

  /// The statistics; `nil` if the values cannot be read.
  public let statistics: Statistics?

  /// The counts of finite values in 16 bins of equal width from the minimum to the maximum, as in
  /// `numpy.histogram`; empty if no value is finite.
  public let histogram: [Int]

  /// The reason why the values cannot be read; `nil` if they were read.
  public let problem: String?
}
