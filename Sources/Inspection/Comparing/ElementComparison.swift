import HDF5

/// The differences between the elements of two datasets of the same shape.
///
/// See ``FileComparison`` for an example.
public struct ElementComparison: Equatable, Sendable {
  /// Two elements that differ.
  public struct Difference: Equatable, Sendable {
    /// The index of the elements; empty for a scalar.
    public let index: [Int]
    /// The element of the first file.
    public let first: Element
    /// The element of the second file.
    public let second: Element
  }

  /// The number of pairs of elements.
  public private(set) var count = 0

  /// The number of pairs whose bits differ.
  public private(set) var differingCount = 0

  /// The number of pairs that are not close.
  public private(set) var distantCount = 0

  /// The number of pairs whose bits differ and of which at least one is not finite.
  public private(set) var nonFiniteCount = 0

  /// The maximum absolute difference of two finite numbers; `nil` if there are none.
  public private(set) var maximumDifference: Double?

  /// The maximum distance of two finite numbers in units in the last place (ULP); `nil` for
  /// integers, for different types, and if there are none.
  public private(set) var maximumSteps: UInt64?

  /// The first pair whose bits differ.
  public private(set) var firstDifference: Difference?

  /// The first pair that is not close.
  public private(set) var firstDistant: Difference?

  private var squaredDifferences = 0.0
  private var squares = 0.0

  /// The L2 norm of the differences relative to that of the second numbers, over all finite pairs;
  /// `nil` if there are none.
  ///
  /// It is infinite if the second numbers are all zero and the first are not.
  public var relativeDifference: Double? {
    guard maximumDifference != nil else { return nil }
    return squaredDifferences == 0 ? 0 : (squaredDifferences / squares).squareRoot()
  }

  /// Adds a block of two datasets.
  ///
  /// - Parameters:
  ///   - first: The elements of the first dataset.
  ///   - second: The same number of elements of the second one.
  ///   - part: The slices of the datasets that contain the block.
  ///   - tolerance: The tolerance within which numbers are close.
  ///   - countsSteps: Whether to compute distances in ULP, which requires the types of the files.
  mutating func add<Number: Comparand>(
    _ first: [Number], _ second: [Number], part: [Slice], tolerance: Tolerance,
    countsSteps: Bool = true
  ) {
    count += first.count
    var (differing, distant): (Int?, Int?) = (nil, nil)
    // Short sums lose fewer digits than long ones.
    for start in stride(from: 0, to: first.count, by: 4096) {
      var (sum, squares, largest) = (0.0, 0.0, -1.0)
      for index in start..<min(start + 4096, first.count) {
        let (a, b) = (first[index], second[index])
        let value = b.value
        guard !a.isIdentical(to: b) else {
          if value.isFinite {
            squares += value * value
            largest = max(largest, 0)
          }
          continue
        }
        differingCount += 1
        if differing == nil { differing = index }
        guard value.isFinite, a.value.isFinite else {
          nonFiniteCount += 1
          distantCount += 1
          if distant == nil { distant = index }
          continue
        }
        let distance = a.difference(from: b)
        sum += distance * distance
        squares += value * value
        largest = max(largest, distance)
        if countsSteps, let steps = a.steps(to: b) { maximumSteps = max(maximumSteps ?? 0, steps) }
        if !tolerance.allows(distance, from: value) {
          distantCount += 1
          if distant == nil { distant = index }
        }
      }
      squaredDifferences += sum
      self.squares += squares
      if largest >= 0 { maximumDifference = max(maximumDifference ?? 0, largest) }
    }
    if countsSteps, Number.hasSteps, maximumDifference != nil { maximumSteps = maximumSteps ?? 0 }
    func difference(_ offset: Int?) -> Difference? {
      offset.map {
        Difference(
          index: part.index(ofElement: $0), first: first[$0].element, second: second[$0].element)
      }
    }
    firstDifference = earlier(firstDifference, difference(differing))
    firstDistant = earlier(firstDistant, difference(distant))
  }

  /// Adds elements that are either equal or different.
  ///
  /// - Parameters:
  ///   - first: All elements of the first dataset.
  ///   - second: The same number of elements of the second one.
  ///   - shape: The shape of both.
  ///   - element: Converts an element for display.
  mutating func add<Value: Equatable>(
    _ first: [Value], _ second: [Value], shape: [Int], element: (Value) -> Element
  ) {
    count += first.count
    for index in first.indices where first[index] != second[index] {
      if differingCount == 0 {
        firstDifference = Difference(
          index: shape.map { Slice(0..<$0) }.index(ofElement: index),
          first: element(first[index]), second: element(second[index]))
        firstDistant = firstDifference
      }
      differingCount += 1
      distantCount += 1
    }
  }

  /// Blocks of chunked datasets are not in row-major order.
  private func earlier(_ a: Difference?, _ b: Difference?) -> Difference? {
    guard let a, let b else { return a ?? b }
    return b.index.lexicographicallyPrecedes(a.index) ? b : a
  }
}

extension Comparand {
  /// Whether distances in ULP are computed.
  fileprivate static var hasSteps: Bool { Self.self != Int64.self && Self.self != UInt64.self }
}
