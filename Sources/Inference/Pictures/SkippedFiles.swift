/// Files that are passed over: how many there are, and the paths of the first.
package struct SkippedFiles: Equatable, Sendable {
  /// The number of paths that are kept.
  package static let keptCount = 5

  /// The number of files.
  package private(set) var count = 0

  /// The paths of the first ``keptCount``.
  package private(set) var paths: [String] = []

  /// Creates an empty list.
  package init() {}

  /// Counts a file.
  ///
  /// - Parameter path: The path of the file.
  package mutating func add(_ path: String) {
    count += 1
    if paths.count < Self.keptCount { paths.append(path) }
  }
}
