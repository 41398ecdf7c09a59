/// Elementary functions in double precision with the same bits on every machine.
///
/// The C library selects different variants for different processors, which would change learning
/// rates and powers.
///
/// The relative error is about 1e-15, far below the single precision of the rounded results.
package enum Elementary {
  /// The natural logarithm of a number.
  ///
  /// - Parameter x: A number.
  /// - Returns: The logarithm; −∞ for 0, and NaN for negative numbers.
  package static func log(_ x: Double) -> Double {
    guard x > 0, x.isFinite else { return x == 0 ? -.infinity : x > 0 ? x : .nan }
    // x = 2ᵉ m with m in [√½, √2); log m = 2 artanh((m − 1) / (m + 1)).
    var (exponent, m) = (x.exponent, x.significand)
    if m > 1.4142135623730951 { (exponent, m) = (exponent + 1, m / 2) }
    let s = (m - 1) / (m + 1)
    var (power, sum) = (s, 0.0)
    for n in stride(from: 1.0, through: 25, by: 2) {
      sum += power / n
      power *= s * s
    }
    return 2 * sum + Double(exponent) * 0.6931471805599453
  }

  /// The exponential function, eˣ.
  package static func exp(_ x: Double) -> Double {
    guard !x.isNaN else { return x }
    let n = (x / 0.6931471805599453).rounded()
    guard n > -1074 else { return 0 }
    guard n < 1024 else { return .infinity }
    let r = x - n * 0.6931471805599453
    var (term, sum) = (1.0, 1.0)
    for k in stride(from: 1.0, through: 16, by: 1) {
      term *= r / k
      sum += term
    }
    return sum * Double(sign: .plus, exponent: Int(n), significand: 1)
  }

  /// Raises a number to a power, in single precision.
  ///
  /// - Parameters:
  ///   - base: The base; negative bases have only integer powers, and NaN for others.
  ///   - exponent: The exponent.
  /// - Returns: The power.
  package static func power(_ base: Float, _ exponent: Float) -> Float {
    if exponent == 0 || base == 1 { return 1 }
    if exponent == 1 { return base }
    if base == 0, !exponent.isNaN {
      let isOdd = Swift.abs(exponent.truncatingRemainder(dividingBy: 2)) == 1
      let magnitude: Float = exponent > 0 ? 0 : .infinity
      return isOdd && base.sign == .minus ? -magnitude : magnitude
    }
    if base == -1, exponent.isInfinite { return 1 }
    if base < 0 {
      guard exponent == exponent.rounded() else { return .nan }
      let magnitude = power(-base, exponent)
      return Swift.abs(exponent.truncatingRemainder(dividingBy: 2)) == 1 ? -magnitude : magnitude
    }
    return Float(exp(Double(exponent) * log(Double(base))))
  }

  /// The natural logarithm, in single precision.
  package static func log(_ x: Float) -> Float { Float(log(Double(x))) }

  /// π rounded to the nearest `Float`, as in Keras; `Float.pi` is rounded down.
  package static let pi = Float(3.141592653589793)

  /// The cosine of an angle in radians, in single precision.
  ///
  /// - Parameter x: The angle, with an absolute value below 10⁶.
  /// - Returns: The cosine.
  package static func cosine(_ x: Float) -> Float {
    let turn = 6.283185307179586
    var angle = Swift.abs(Double(x))
    angle -= (angle / turn).rounded() * turn
    angle = Swift.abs(angle)  // in 0...π
    let isObtuse = angle > turn / 4
    if isObtuse { angle = turn / 2 - angle }
    var (term, sum) = (1.0, 1.0)
    for k in stride(from: 2.0, through: 24, by: 2) {
      term *= -angle * angle / (k * (k - 1))
      sum += term
    }
    return Float(isObtuse ? -sum : sum)
  }

  /// The sine and the cosine of an angle in degrees.
  ///
  /// - Parameter degrees: The angle, finite; multiples of 90 have exact results.
  /// - Returns: The sine and the cosine.
  package static func sineAndCosine(degrees: Double) -> (sine: Double, cosine: Double) {
    let turn = degrees.remainder(dividingBy: 360)
    let quadrant = (turn / 90).rounded()
    let angle = (turn - quadrant * 90) * 0.017453292519943295  // in −π/4...π/4
    var (term, even, odd) = (1.0, 0.0, 0.0)
    for k in stride(from: 1.0, through: 17, by: 2) {
      even += term
      term *= angle / k
      odd += term
      term *= -angle / (k + 1)
    }
    return switch quadrant {
    case 1: (even, -odd)
    case -1: (-even, odd)
    case 0: (odd, even)
    default: (-odd, -even)
    }
  }
}
