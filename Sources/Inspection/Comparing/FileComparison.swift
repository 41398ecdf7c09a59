/// How two files differ.
public struct FileComparison: Sendable {
  /// How what is in the files was paired.
  public enum Matching: String, Sendable {
    /// By what it is in a model.
    case role
    /// By its path.
    case path
  }

  /// What the first file holds.
  public let first: Report

  /// What the second file holds.
  public let second: Report

  /// How what is in the files was paired.
  public let matching: Matching

  /// Which numbers are close.
  public let tolerance: Tolerance

  /// What was not compared, as the user named it.
  public let ignored: [String]

  /// The variables of the models and the optimizers, or the datasets.
  public let tensors: [TensorComparison]

  /// What the files say besides: the models' settings, the training states, attributes.
  public let facts: [FactComparison]

  /// What depends on the machine and the moment; it never counts as a difference.
  public let environment: [FactComparison]

  /// What is likely but not certain, each in one sentence.
  public let notes: [String]

  /// What could not be compared, each in one sentence.
  public let problems: [String]

  /// How many tensors and facts there are of each status.
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
      // What cannot be read is a problem; it says nothing about the rest.
      case .unreadable: true
      default: false
      }
    }
  }

  /// Whether all that differs is close.
  public var isClose: Bool {
    (tensors.map(\.status) + facts.map(\.status)).allSatisfy {
      $0 == .equal || $0 == .close || $0 == .unreadable
    }
  }
}
