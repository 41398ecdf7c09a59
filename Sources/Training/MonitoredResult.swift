/// A result of each epoch that determines the best one.
package struct MonitoredResult: Equatable, Sendable {
  /// The name of the result in the history.
  let name: String

  /// Whether a lower value is better.
  let lowerIsBetter: Bool

  /// Returns the best of some epochs.
  ///
  /// - Parameters:
  ///   - epochs: The numbers of the epochs, from 1; `nil` is ignored.
  ///   - history: The results of each epoch, by name.
  /// - Returns: The number of the best epoch; the earlier one of equals.
  func best(of epochs: [Int?], in history: [String: [Double]]) -> Int? {
    let values = history[name, default: []]
    return epochs.compactMap(\.self).filter { values.indices.contains($0 - 1) }.sorted()
      .min { lowerIsBetter ? values[$0 - 1] < values[$1 - 1] : values[$0 - 1] > values[$1 - 1] }
  }
}
