/// What can be said about many numbers after seeing each of them once, block by block.
///
/// Minimum, maximum, mean, deviation and norm are those of the finite numbers.
public struct Statistics: Equatable, Sendable {
  /// How many numbers there are.
  public private(set) var count = 0

  /// How many of them are not numbers.
  public private(set) var nanCount = 0

  /// How many of them are infinite.
  public private(set) var infinityCount = 0

  /// How many of them are zero, of either sign.
  public private(set) var zeroCount = 0

  /// The smallest; nil if none is finite.
  public private(set) var minimum: Double?

  /// The largest; nil if none is finite.
  public private(set) var maximum: Double?

  /// The mean; nil if none is finite.
  public var mean: Double? { pilot.map { $0 + average } }

  /// The standard deviation with the divisor n, as numpy's; nil if none is finite.
  public var standardDeviation: Double? {
    finiteCount > 0 ? (squaredDeviations / Double(finiteCount)).squareRoot() : nil
  }

  /// The square root of the sum of the squares.
  public var norm: Double { squares.squareRoot() }

  /// The first finite number.
  ///
  /// Everything is averaged relative to it: of numbers that are large and
  /// close together, the digits in which they differ are kept.
  private var pilot: Double?
  private var average = 0.0
  private var squaredDeviations = 0.0
  private var squares = 0.0
  private var finiteCount: Int { count - nanCount - infinityCount }

  /// Takes more numbers into account.
  mutating func add(_ numbers: [Double]) {
    // Short sums lose fewer digits than long ones.
    for start in stride(from: 0, to: numbers.count, by: 4096) {
      add(numbers[start..<min(start + 4096, numbers.count)])
    }
  }

  /// Takes a block of numbers into account.
  ///
  /// Within the block the deviations are from its own mean, and blocks are combined as in Chan, Golub
  /// and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979):
  /// summing squares instead would lose all digits of a small deviation around a large mean.
  private mutating func add(_ block: ArraySlice<Double>) {
    let before = Double(finiteCount)
    if pilot == nil { pilot = block.first(where: \.isFinite) }
    let pilot = pilot ?? 0
    var (sum, low, high, squares) = (0.0, Double.infinity, -Double.infinity, 0.0)
    var (nans, infinities, zeros) = (0, 0, 0)
    for value in block {
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
    for value in block where value.isFinite {
      let deviation = value - pilot - blockAverage
      deviations += deviation * deviation
    }
    let distance = blockAverage - average
    average += distance * finite / (before + finite)
    squaredDeviations +=
      deviations + distance * distance * before * finite / (before + finite)
  }
}
