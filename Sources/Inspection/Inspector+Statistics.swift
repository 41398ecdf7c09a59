import Checkpoints
import HDF5

/// Bounds on what is read.
private enum Limit {
  /// Elements in memory at once, 32 MiB of them.
  static let block = 1 << 22
  /// Elements of one dataset; a file of megabytes can declare a thousand times what it stores.
  static let elements = 1 << 32
}

extension Inspector {
  /// Reads datasets and says what their numbers are like.
  ///
  /// The numbers pass through memory block by block; those of a dataset of more than four million
  /// elements do so twice, as the histogram needs the range first.
  ///
  /// - Parameter names: Paths, or names of layers and variables; if there are none, all variables
  ///   of the model and the optimizer, or all datasets of a file that has no model.
  /// - Returns: The statistics of all datasets of numbers, and what else there is.
  /// - Throws: ``InspectionError`` if there is nothing of such a name, or it is not numbers.
  public func statistics(_ names: [String] = []) throws(InspectionError) -> StatisticsReport {
    let roles = Dictionary(variables.map { ($0.path, $0.name) }) { first, _ in first }
    let isWholeModel = names.isEmpty && !variables.isEmpty
    let (paths, others, omission) =
      isWholeModel ? (variables.map(\.path), [], nil) : try datasets(below: names)
    var result = StatisticsReport(datasets: [], others: others, omission: omission)
    for path in paths {
      let dataset = try reading { () throws(HDF5Error) in try checkpoint.container.dataset(at: path)
      }
      guard try reading({ () throws(HDF5Error) in try NumberKind(of: dataset) }) != .none else {
        guard names.count == 1, paths.count == 1 else {
          result.others.append((path, "\(dataset.elementType)"))
          continue
        }
        throw .object(
          path: report.path, name: names[0], problem: "it holds \(dataset.elementType), not numbers"
        )
      }
      result.datasets.append(Inspector.statistics(of: dataset, name: roles[path] ?? path))
    }
    return result
  }

  private static func statistics(
    of dataset: borrowing Dataset, name: String
  ) -> DatasetStatistics {
    var statistics = Statistics()
    var histogram: Histogram?
    var problem: String?
    var type = "\(dataset.elementType)"
    do throws(HDF5Error) {
      type = try dataset.elementTypeName()
      var lastBlock: [Double] = []
      var blockCount = 0
      try forEachBlock(of: dataset) { block in
        statistics.add(block)
        lastBlock = block
        blockCount += 1
      }
      if let minimum = statistics.minimum, let maximum = statistics.maximum {
        histogram = Histogram(from: minimum, through: maximum)
      }
      if blockCount == 1 {
        histogram?.add(lastBlock)
      } else if histogram != nil {
        try forEachBlock(of: dataset) { histogram?.add($0) }
      }
    } catch {
      problem = "\(error.cause)"
    }
    return DatasetStatistics(
      name: name, path: dataset.path, shape: dataset.shape, elementType: type,
      statistics: problem == nil ? statistics : nil,
      histogram: problem == nil ? histogram?.counts ?? [] : [], problem: problem)
  }

  private static func forEachBlock(
    of dataset: borrowing Dataset, _ body: ([Double]) -> Void
  ) throws(HDF5Error) {
    guard !dataset.isNull, dataset.count != 0 else { return }
    guard let count = dataset.count, count <= Limit.elements else {
      throw HDF5Error(
        operation: .read, file: nil, object: dataset.path,
        cause: .tooLarge("more than \(Limit.elements) elements"))
    }
    for slices in Blocks(of: dataset.shape, atMost: Limit.block) {
      body(try dataset.numbers(slices))
    }
  }
}
