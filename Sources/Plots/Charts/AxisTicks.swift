/// Round values along an axis.
package struct AxisTicks: Equatable, Sendable {
  /// The values in units of the last decimal of ``scale``.
  private let counts: [Int]

  /// The power of ten of the unit.
  private let exponent: Int

  /// The values, which enclose the range.
  package var values: [Double] { counts.map { Double($0) * Self.power(exponent) } }

  /// The text of each value.
  package var texts: [String] { counts.map { Self.text($0, exponent) } }

  /// Creates ticks that enclose a range, at a distance of 1, 2 or 5 times a power of ten.
  ///
  /// - Parameters:
  ///   - range: The range.
  ///   - limit: The greatest number of intervals, at least 1.
  ///   - areWhole: Whether the values must be whole numbers.
  package init(_ range: ClosedRange<Double>, limit: Int = 6, areWhole: Bool = false) {
    var (low, high) = (range.lowerBound, range.upperBound)
    let magnitude = max(abs(low), abs(high))
    if magnitude == 0 { high = 1 }
    if high - low <= magnitude * 1e-9 {
      (low, high) = (low - magnitude * 0.05, high + magnitude * 0.05)
    }
    let span = high - low
    var exponent = 0
    while Self.power(exponent) > span { exponent -= 1 }
    while Self.power(exponent + 1) <= span { exponent += 1 }
    exponent -= 1
    if areWhole { exponent = max(exponent, 0) }
    var step = 1
    func interval(_ step: Int, _ exponent: Int) -> (first: Int, last: Int) {
      let unit = Double(step) * Self.power(exponent)
      // Rounding must not add an interval at a value that is a tick itself.
      return (
        Int((low / unit + 1e-9).rounded(.down)), Int((high / unit - 1e-9).rounded(.up))
      )
    }
    while interval(step, exponent).last - interval(step, exponent).first > limit {
      switch step {
      case 1: step = 2
      case 2: step = 5
      default: (step, exponent) = (1, exponent + 1)
      }
    }
    let (first, last) = interval(step, exponent)
    counts = (first...max(first + 1, last)).map { $0 * step }
    self.exponent = exponent
  }

  private static func power(_ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<abs(exponent) { result *= 10 }
    return exponent < 0 ? 1 / result : result
  }

  /// The text of `count` · 10 to the power of `exponent`, without zeros at its end.
  private static func text(_ count: Int, _ exponent: Int) -> String {
    guard count != 0 else { return "0" }
    var (digits, exponent) = (abs(count), exponent)
    while digits.isMultiple(of: 10) { (digits, exponent) = (digits / 10, exponent + 1) }
    let sign = count < 0 ? "−" : ""
    let text = String(digits)
    if exponent >= 0 {
      return exponent > 6
        ? "\(sign)\(text)e\(exponent)" : sign + text + String(repeating: "0", count: exponent)
    }
    if -exponent > text.count + 3 { return "\(sign)\(text)e\(exponent)" }
    let padded = String(repeating: "0", count: max(0, 1 - exponent - text.count)) + text
    return "\(sign)\(padded.dropLast(-exponent)).\(padded.suffix(-exponent))"
  }
}
