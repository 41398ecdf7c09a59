/// The result of comparing two files.
///
/// ```swift
/// let comparison = try Inspector(opening: first).compared(
///   with: Inspector(opening: second), tolerance: Tolerance(absolute: 1e-3))
/// for tensor in comparison.tensors where tensor.status != .equal {
///   print(tensor.name, tensor.status, tensor.elements?.maximumDifference ?? 0)
///   guard let place = tensor.elements?.firstDifference else { continue }
///   print(place.index, place.first, place.second)
/// }  // dense/bias different 0.5, and [1] 0.0 0.5
/// for fact in comparison.facts where fact.status != .equal { print(fact.name) }
/// ```
public struct FileComparison: Sendable {
  /// The way in which items were paired.
  public enum Matching: String, Sendable {
    /// By their role in the model.
    case role
    /// By path.
    case path
  }

  /// A report about the first file.
  public let first: Report

  /// A report about the second file.
  public let second: Report

  /// The way in which items were paired.
  public let matching: Matching

  /// The tolerance within which numbers are close.
  public let tolerance: Tolerance

  /// The names of the parts that were not compared.
  public let ignored: [String]

  /// Comparisons of the variables of models and optimizers, or of datasets.
  public let tensors: [TensorComparison]

  /// Comparisons of other values: settings of the models, training states, attributes.
  public let facts: [FactComparison]

  /// Comparisons of the environments (time, machine), which never count as differences.
  public let environment: [FactComparison]

  /// Assumptions of the comparison, each in one sentence.
  public let notes: [String]

  /// The items that could not be compared, each in one sentence.
  public let problems: [String]

  /// The number of tensors and facts of each status.
  public var counts: [ComparisonStatus: (tensors: Int, facts: Int)] {
    var counts: [ComparisonStatus: (tensors: Int, facts: Int)] = [:]
    for tensor in tensors { counts[tensor.status, default: (0, 0)].tensors += 1 }
    for fact in facts { counts[fact.status, default: (0, 0)].facts += 1 }
    return counts
  }

  /// Whether no difference was found: every readable item is equal, or within the requested
  /// tolerance.
  public var isSame: Bool {
    (tensors.map(\.status) + facts.map(\.status)).allSatisfy { status in
      switch status {
      case .equal: true
      case .close: tolerance.acceptsClose
      // Unreadable items are listed as problems.
      case .unreadable: true
      default: false
      }
    }
  }

  /// Whether every readable item is at least close.
  public var isClose: Bool {
    let readable: [ComparisonStatus] = [.equal, .close, .unreadable]
    return tensors.allSatisfy { readable.contains($0.status) }
      && facts.allSatisfy { readable.contains($0.status) }
  }
}
