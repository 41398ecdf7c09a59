import Checkpoints
import ModelFiles

/// A report about a variable of a model or an optimizer, without its values.
///
/// See ``ModelReport`` for an example.
public struct VariableReport: Equatable, Sendable {
  /// The name of the variable in its model, such as `d1/kernel` or `optimizer/d1/kernel/momentum`.
  public let name: String

  /// The path of the dataset in the file.
  public let path: String

  /// The shape; empty for a scalar.
  public let shape: [Int]

  /// The type of the elements, as named by NumPy.
  public let elementType: String

  /// The number of elements; `nil` if it is unknown or overflows.
  public let count: Int?

  /// The size of the elements in memory, in bytes.
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
  /// The sum of the known values, or `Int.max` if it overflows.
  var saturatingSum: Int {
    reduce(0) { sum, value in
      let (next, overflow) = sum.addingReportingOverflow(value ?? 0)
      return overflow ? .max : next
    }
  }
}
