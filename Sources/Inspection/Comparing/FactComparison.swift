public import JSON

/// A comparison of values that are not tensors, such as a counter, a setting or an attribute.
///
/// See ``FileComparison`` for an example.
public struct FactComparison: Sendable {
  /// The name, such as `training_state/epoch`.
  public let name: String

  /// The value in the first file; `nil` if it has none.
  public let first: JSON?

  /// The value in the second file; `nil` if it has none.
  public let second: JSON?

  /// The result.
  public let status: ComparisonStatus

  /// The first index at which two lists of the same length differ; otherwise `nil`.
  public let index: Int?

  /// Compares two values.
  ///
  /// - Parameters:
  ///   - name: The name of both.
  ///   - first: The value in the first file.
  ///   - second: The value in the second file.
  ///   - tolerance: The tolerance within which numbers are close.
  init(_ name: String, _ first: JSON?, _ second: JSON?, _ tolerance: Tolerance) {
    self.name = name
    self.first = first
    self.second = second
    switch (first, second) {
    case (let first?, let second?):
      (status, index) = FactComparison.compare(first, second, tolerance)
    case (nil, _): (status, index) = (.onlyInSecond, nil)
    case (_, nil): (status, index) = (.onlyInFirst, nil)
    }
  }

  /// Creates a comparison of a value that cannot be read.
  init(unreadable name: String) {
    self.name = name
    (first, second, index) = (nil, nil, nil)
    status = .unreadable
  }

  private static func compare(
    _ first: JSON, _ second: JSON, _ tolerance: Tolerance
  ) -> (ComparisonStatus, Int?) {
    switch (first, second) {
    case (.number(let a), .number(let b)):
      if a.bitPattern == b.bitPattern { return (.equal, nil) }
      let isClose = a.isFinite && b.isFinite && tolerance.allows(abs(a - b), from: b)
      return (isClose ? .close : .different, nil)
    case (.array(let a), .array(let b)):
      guard a.count == b.count else { return (.different, nil) }
      var (status, place): (ComparisonStatus, Int?) = (.equal, nil)
      for (index, pair) in zip(a, b).enumerated() {
        let result = compare(pair.0, pair.1, tolerance).0
        if result == .different { return (.different, index) }
        if result == .close, status == .equal { (status, place) = (.close, index) }
      }
      return (status, place)
    default: return (first.indentedText == second.indentedText ? .equal : .different, nil)
    }
  }

  /// Compares the members of two objects recursively.
  ///
  /// - Parameters:
  ///   - name: The name of both objects.
  ///   - first: The object of the first file.
  ///   - second: The object of the second file.
  ///   - tolerance: The tolerance within which numbers are close.
  /// - Returns: A comparison of each member, in the order of the members.
  static func facts(
    _ name: String, _ first: JSON?, _ second: JSON?, _ tolerance: Tolerance
  ) -> [FactComparison] {
    let (a, b) = (first?.object, second?.object)
    guard a != nil || b != nil, first == nil || a != nil, second == nil || b != nil else {
      return [FactComparison(name, first, second, tolerance)]
    }
    let (inFirst, inSecond) = (a ?? [:], b ?? [:])
    let keys = inFirst.keys + inSecond.keys.filter { inFirst[$0] == nil }
    return keys.flatMap { facts("\(name)/\($0)", inFirst[$0], inSecond[$0], tolerance) }
  }
}
