import Checkpoints

/// A variable of a model or an optimizer, without its numbers.
public struct VariableReport: Equatable, Sendable {
  /// What the variable is in its model, such as `d1/kernel` or `optimizer/d1/kernel/momentum`.
  public let name: String

  /// The path of the dataset in the file.
  public let path: String

  /// The extents; empty for a scalar.
  public let shape: [Int]

  /// The type of the elements, in numpy's words.
  public let elementType: String

  /// The number of elements; nil if the file does not say, or it cannot be counted.
  public let count: Int?

  /// The bytes that the elements take once they are read.
  public let byteCount: Int?
}

extension VariableReport {
  init(name: String, _ variable: StoredVariable) {
    self.name = name
    path = variable.path
    shape = variable.shape
    elementType = variable.isBFloat16 ? "bfloat16" : "\(variable.elementType)"
    count = variable.count
    byteCount = variable.count.flatMap { count in
      let (bytes, overflow) = count.multipliedReportingOverflow(by: variable.elementSize)
      return overflow ? nil : bytes
    }
  }

  func renamed(_ name: String) -> VariableReport {
    VariableReport(
      name: name, path: path, shape: shape, elementType: elementType, count: count,
      byteCount: byteCount)
  }
}

extension Sequence<Int?> {
  /// The sum of those that are known, or the largest integer if it is larger.
  var saturatingSum: Int {
    reduce(0) { sum, value in
      let (next, overflow) = sum.addingReportingOverflow(value ?? 0)
      return overflow ? .max : next
    }
  }
}
