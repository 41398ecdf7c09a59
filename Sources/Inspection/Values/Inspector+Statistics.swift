import Checkpoints
import HDF5
import ModelFiles

/// The maximum number of elements in memory at once, which take 32 MiB.
private let blockSize = 1 << 22

/// The number of elements of a larger dataset that are read at once, unless chunks would have to be
/// inflated again for each block.
///
/// It takes less time to use a little memory again than to get more.
private let smallBlockSize = 1 << 18

extension Inspector {
  /// Reads datasets and summarizes their values.
  ///
  /// Values are read block by block. Datasets of more than four million elements are read twice,
  /// because the histogram needs the range first.
  ///
  /// - Parameter names: Paths, or names of layers or variables; if empty, all variables of the
  ///   model and the optimizer, or all datasets of a file without a model.
  /// - Returns: The statistics of all numeric datasets, and a list of other objects.
  /// - Throws: ``InspectionError`` if the file contains no object of a name, or a single named
  ///   object is not numeric.
  public func statistics(_ names: [String] = []) throws(InspectionError) -> StatisticsReport {
    let roles = Dictionary(variables.map { ($0.path, $0.name) }) { first, _ in first }
    let isWholeModel = names.isEmpty && !variables.isEmpty
    let (paths, others, omission) =
      isWholeModel ? (variables.map(\.path), [], nil) : try datasets(below: names)
    var result = StatisticsReport(datasets: [], others: others, omission: omission)
    var budget = ReadingBudget(fileSize: report.size)
    for path in paths {
      let dataset = try reading { () throws(HDF5Error) in try checkpoint.dataset(at: path)
      }
      guard try reading({ () throws(HDF5Error) in try NumberKind(of: dataset) }) != .none else {
        guard names.count == 1, paths.count == 1 else {
          result.others.append((path, "\(dataset.elementType)"))
          continue
        }
        throw .object(
          path: report.path, name: names[0], .notNumeric(type: "\(dataset.elementType)")
        )
      }
      result.datasets.append(
        Inspector.statistics(of: dataset, name: roles[path] ?? path, within: &budget))
    }
    return result
  }

  private static func statistics(
    of dataset: borrowing Dataset, name: String, within budget: inout ReadingBudget
  ) -> DatasetStatistics {
    var statistics = Statistics()
    var histogram: Histogram?
    var problem: String?
    var type = "\(dataset.elementType)"
    do throws(HDF5Error) {
      type = try dataset.elementTypeName()
      if let reason = budget.add(dataset) {
        throw HDF5Error(
          operation: .read, file: nil, object: dataset.path, cause: .tooLarge(reason))
      }
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
      } else if let minimum = statistics.minimum, minimum == statistics.maximum {
        histogram?.add(minimum, times: statistics.finiteCount)
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
    let isLarge = dataset.layout == .contiguous && dataset.count ?? 0 > blockSize
    for slices in try dataset.blocks(atMost: isLarge ? smallBlockSize : blockSize) {
      body(try dataset.numbers(slices))
    }
  }
}
