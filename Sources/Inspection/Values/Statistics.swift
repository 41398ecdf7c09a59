/// Statistics of values that are added block by block.
///
/// Minimum, maximum, mean, standard deviation and norm are those of the finite values.
///
/// ```swift
/// let report = try Inspector(opening: path).statistics(["d2/kernel"])
/// for dataset in report.datasets {
///   print(dataset.name, dataset.shape)  // d2/kernel [128, 10]
///   print(dataset.statistics?.mean ?? 0, dataset.statistics?.standardDeviation ?? 0)
///   print(dataset.histogram)  // how many of the numbers are in each of 16 equal ranges
/// }
/// ```
public struct Statistics: Equatable, Sendable {
  /// The number of values.
  public private(set) var count = 0

  /// The number of NaNs.
  public private(set) var nanCount = 0

  /// The number of infinities.
  public private(set) var infinityCount = 0

  /// The number of zeros of either sign.
  public private(set) var zeroCount = 0

  /// The minimum; `nil` if no value is finite.
  public private(set) var minimum: Double?

  /// The maximum; `nil` if no value is finite.
  public private(set) var maximum: Double?

  /// The mean; `nil` if no value is finite.
  public var mean: Double? { pilot.map { $0 + average } }

  /// The population standard deviation, as in NumPy; `nil` if no value is finite.
  public var standardDeviation: Double? {
    finiteCount > 0 ? (squaredDeviations / Double(finiteCount)).squareRoot() : nil
  }

  /// The L2 norm.
  public var norm: Double { squares.squareRoot() }

  /// The first finite value.
  ///
  /// All sums are relative to it, to keep the digits in which large and close values differ.
  private var pilot: Double?
  private var average = 0.0
  private var squaredDeviations = 0.0
  private var squares = 0.0
  var finiteCount: Int { count - nanCount - infinityCount }

  /// Adds values.
  mutating func add(_ numbers: [Double]) {
    // Short sums lose fewer digits than long ones.
    for start in stride(from: 0, to: numbers.count, by: 4096) {
      add(numbers[start..<min(start + 4096, numbers.count)])
    }
  }

  /// Adds a block of values.
  ///
  /// Deviations are relative to the block's own mean, and blocks are combined as in Chan, Golub and
  /// LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979). A
  /// sum of squares would lose all digits of a small deviation around a large mean.
  private mutating func add(_ block: ArraySlice<Double>) {
    let before = Double(finiteCount)
    if pilot == nil { pilot = block.first(where: \.isFinite) }
    let pilot = pilot ?? 0
    var (sum, low, high, squares) = (0.0, Double.infinity, -Double.infinity, 0.0)
    var (nans, infinities, zeros) = (0, 0, 0)
    // Many blocks are zeros.
    let constant = block.first.flatMap { first in
      first.isFinite && block.allSatisfy { $0 == first } ? first : nil
    }
    if let value = constant {
      sum = (value - pilot) * Double(block.count)
      squares = value * value * Double(block.count)
      (low, high, zeros) = (value, value, value == 0 ? block.count : 0)
    }
    for value in constant == nil ? block : [] {
      if value.isFinite {
        sum += value - pilot
        squares += value * value
        low = min(low, value)
        high = max(high, value)
        zeros += value == 0 ? 1 : 0
      } else if value.isNaN {
        nans += 1
      } else {
        infinities += 1
      }
    }
    count += block.count
    nanCount += nans
    infinityCount += infinities
    zeroCount += zeros
    self.squares += squares
    let finite = Double(block.count - nans - infinities)
    guard finite > 0 else { return }
    minimum = min(minimum ?? low, low)
    maximum = max(maximum ?? high, high)

    let blockAverage = sum / finite
    var deviations = 0.0
    for value in constant == nil ? block : [] where value.isFinite {
      let deviation = value - pilot - blockAverage
      deviations += deviation * deviation
    }
    let distance = blockAverage - average
    average += distance * finite / (before + finite)
    squaredDeviations +=
      deviations + distance * distance * before * finite / (before + finite)
  }
}
