import Checkpoints
import HDF5

/// How many elements are in memory at once.
private let elementsAtOnce = 1 << 20

/// The statistics of a dataset, and how its elements are spread.
public struct DatasetStatistics: Sendable {
  /// The numbers.
  public let statistics: Statistics

  /// How many finite elements lie in each of equal parts of the range from minimum to maximum.
  public let histogram: [Int]
}

extension Inspector {
  /// Looks at the numbers of a dataset, a part at a time.
  ///
  /// - Parameters:
  ///   - dataset: The path of the dataset.
  ///   - bins: The number of parts of the histogram.
  /// - Returns: The statistics; `nil` if the elements are not numbers.
  /// - Throws: ``InspectionError`` if the dataset cannot be read.
  public func statistics(
    of dataset: String, bins: Int = 16
  ) throws(InspectionError) -> DatasetStatistics? {
    var statistics = Statistics()
    guard try forEachPart(of: dataset, { statistics.update($0) }) else { return nil }
    var histogram = [Int](repeating: 0, count: bins)
    let (low, high) = (statistics.minimum, statistics.maximum)
    _ = try forEachPart(of: dataset) { values in
      for value in values where value.isFinite {
        let place = high > low ? (value - low) / (high - low) * Double(bins) : 0
        histogram[min(bins - 1, Int(place))] += 1
      }
    }
    return DatasetStatistics(statistics: statistics, histogram: histogram)
  }

  /// Reads a dataset in parts.
  ///
  /// - Returns: Whether the elements are numbers.
  private func forEachPart(
    of path: String, _ body: ([Double]) -> Void
  ) throws(InspectionError) -> Bool {
    try reading { () throws(CheckpointError) in
      try Checkpoints.reading { () throws(HDF5Error) in
        let dataset = try checkpoint.file.dataset(at: path)
        guard dataset.elementType.isFloat || dataset.elementType.isInteger else { return false }
        guard let rows = dataset.shape.first, let count = dataset.count, count > 0 else {
          body(try dataset.read(as: Double.self))
          return true
        }
        let step = max(1, elementsAtOnce / max(1, count / rows))
        for start in stride(from: 0, to: rows, by: step) {
          body(try dataset.readRows(start..<min(start + step, rows), as: Double.self))
        }
        return true
      }
    }
  }
}
