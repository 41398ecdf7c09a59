/// Wilson's score interval of a proportion: where the true one lies with a probability of 95 %.
///
/// - Parameters:
///   - successes: The number of successes.
///   - count: The number of trials.
/// - Returns: The interval, within `0...1`; `0...1` without trials.
package func wilsonInterval(successes: Int, of count: Int) -> ClosedRange<Double> {
  guard count > 0 else { return 0...1 }
  // The 97.5th percentile of the normal distribution.
  let z = 1.959963984540054
  let (p, n) = (Double(successes) / Double(count), Double(count))
  let centre = p + z * z / (2 * n)
  let reach = z * ((p * (1 - p) + z * z / (4 * n)) / n).squareRoot()
  let scale = 1 + z * z / n
  return max(0, (centre - reach) / scale)...min(1, (centre + reach) / scale)
}
