/// Statistics of a file or of parts of it.
///
/// See ``Statistics`` for an example.
public struct StatisticsReport: Sendable {
  /// The numeric datasets.
  public internal(set) var datasets: [DatasetStatistics]

  /// The paths of objects that are not numeric or cannot be opened, with their type or the reason.
  public internal(set) var others: [(path: String, reason: String)]

  /// The reason why objects are missing altogether, if some are.
  public let omission: String?
}
