import HDF5

/// How the elements of two datasets of one shape differ.
public struct ElementComparison: Equatable, Sendable {
  /// Two elements that differ.
  public struct Difference: Equatable, Sendable {
    /// Where they are; empty for a scalar.
    public let index: [Int]
    /// The element of the first file.
    public let first: Element
    /// The element of the second file.
    public let second: Element
  }

  /// How many pairs of elements there are.
  public private(set) var count = 0

  /// How many pairs differ in a bit.
  public private(set) var differingCount = 0

  /// How many pairs are not close.
  public private(set) var distantCount = 0

  /// How many of them differ in a bit and are not both finite.
  public private(set) var nonFiniteCount = 0

  /// The largest difference between two finite numbers; nil if there are none.
  public private(set) var maximumDifference: Double?

  /// The largest number of steps from one number of the type to the next that lie between two finite
  /// numbers; nil if there are none, or they are integers or of two types.
  public private(set) var maximumSteps: UInt64?

  /// The first pair that differs in a bit.
  public private(set) var firstDifference: Difference?

  /// The first pair that is not close.
  public private(set) var firstDistant: Difference?

  private var squaredDifferences = 0.0
  private var squares = 0.0

  /// The L2 norm of the differences in relation to that of the second numbers, over the pairs of finite
  /// numbers; nil if there are none.
  ///
  /// It is infinite if the second numbers are all zero and the first are not.
  public var relativeDifference: Double? {
    guard maximumDifference != nil else { return nil }
    return squaredDifferences == 0 ? 0 : (squaredDifferences / squares).squareRoot()
  }

  /// Takes a part of two datasets into account.
  ///
  /// - Parameters:
  ///   - first: The elements of the first one.
  ///   - second: As many elements of the second one.
  ///   - part: Which part of the datasets they are.
  ///   - tolerance: What is close.
  ///   - countsSteps: Whether the steps from number to number are those of the files.
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

  /// Takes elements into account that are equal or not, and nothing else.
  ///
  /// - Parameters:
  ///   - first: The elements of the first dataset, all of them.
  ///   - second: As many elements of the second one.
  ///   - shape: The extents of both.
  ///   - element: Makes what is told of an element.
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

  /// The parts of a dataset need not come in the order of its elements.
  private func earlier(_ a: Difference?, _ b: Difference?) -> Difference? {
    guard let a, let b else { return a ?? b }
    return b.index.lexicographicallyPrecedes(a.index) ? b : a
  }
}

extension Comparand {
  /// Whether the steps between two numbers are counted.
  fileprivate static var hasSteps: Bool { Self.self != Int64.self && Self.self != UInt64.self }
}
