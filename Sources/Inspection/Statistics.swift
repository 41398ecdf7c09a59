/// What the numbers of a dataset are like.
public struct Statistics: Equatable, Sendable {
  /// The number of elements.
  public private(set) var count = 0

  /// The number of elements that are not a number.
  public private(set) var nanCount = 0

  /// The number of elements that are infinite.
  public private(set) var infinityCount = 0

  /// The number of elements that are zero.
  public private(set) var zeroCount = 0

  /// The smallest finite element.
  public private(set) var minimum = Double.infinity

  /// The largest finite element.
  public private(set) var maximum = -Double.infinity

  /// The mean of the finite elements; 0 if there are none.
  public private(set) var mean = 0.0

  private var squaredDeviations = 0.0
  private var sumOfSquares = 0.0

  /// Creates statistics of nothing.
  public init() {}

  /// The number of finite elements.
  public var finiteCount: Int { count - nanCount - infinityCount }

  /// The standard deviation of the finite elements, over all of them as in numpy.
  public var standardDeviation: Double {
    finiteCount == 0 ? 0 : (squaredDeviations / Double(finiteCount)).squareRoot()
  }

  /// The root of the sum of the squares of the finite elements.
  public var norm: Double { sumOfSquares.squareRoot() }

  /// Takes elements into account.
  ///
  /// Mean and deviation by B. P. Welford, *Note on a Method for Calculating Corrected Sums of Squares
  /// and Products*, Technometrics 4(3), 1962: one pass that does not cancel.
  ///
  /// - Parameter values: The elements.
  public mutating func update(_ values: some Sequence<Double>) {
    for value in values {
      count += 1
      guard value.isFinite else {
        if value.isNaN { nanCount += 1 } else { infinityCount += 1 }
        continue
      }
      if value == 0 { zeroCount += 1 }
      minimum = min(minimum, value)
      maximum = max(maximum, value)
      let deviation = value - mean
      mean += deviation / Double(finiteCount)
      squaredDeviations += deviation * (value - mean)
      sumOfSquares += value * value
    }
  }
}
