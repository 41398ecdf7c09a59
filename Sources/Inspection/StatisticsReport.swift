/// The statistics of a file or of parts of it, and what of it they leave out.
public struct StatisticsReport: Sendable {
  /// The datasets of numbers.
  public internal(set) var datasets: [DatasetStatistics]

  /// The paths of what holds no numbers or is not opened, each with its type or the reason.
  public internal(set) var others: [(path: String, reason: String)]

  /// Why objects are missing altogether, if they are.
  public let omission: String?
}
