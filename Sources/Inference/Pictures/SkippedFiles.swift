/// Files that are passed over: how many there are, and the paths of the first.
public struct SkippedFiles: Equatable, Sendable {
  /// The number of paths that are kept.
  public static let keptCount = 5

  /// The number of files.
  public private(set) var count = 0

  /// The paths of the first ``keptCount``.
  public private(set) var paths: [String] = []

  /// Creates an empty list.
  public init() {}

  /// Counts a file.
  ///
  /// - Parameter path: The path of the file.
  public mutating func add(_ path: String) {
    count += 1
    if paths.count < Self.keptCount { paths.append(path) }
  }
}
