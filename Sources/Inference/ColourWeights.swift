import PNG

/// How much red, green and blue count in a gray level, in thousandths.
struct ColourWeights: Equatable, Sendable, Encodable {
  let red: Int
  let green: Int
  let blue: Int

  /// Those of luminance, by ITU-R BT.601.
  static let luminance = ColourWeights(red: 299, green: 587, blue: 114)

  /// Returns the gray level of a colour.
  ///
  /// - Parameters:
  ///   - red: From 0 to 65535.
  ///   - green: From 0 to 65535.
  ///   - blue: From 0 to 65535.
  /// - Returns: From 0 to 65535.
  func level(red: Int, green: Int, blue: Int) -> UInt16 {
    // Negative weights move the level up, so that none is below 0.
    let floor = min(self.red, 0) + min(self.green, 0) + min(self.blue, 0)
    let sum =
      self.red * red + self.green * green + self.blue * blue - floor * Luminance.full
    return UInt16(truncatingIfNeeded: (sum + 500) / 1000)
  }
}

extension ColourWeights {
  /// How much more the colours must differ than their luminance before luminance is given up.
  private static let advantage = 3.0

  /// Chooses luminance, unless the colours of a picture differ along another line by far more.
  init(for image: Image) {
    self = .luminance
    // A sample of the pixels is enough, and no cost for a large picture.
    let count = image.width * image.height
    let step = max(1, count / 65_536)
    var sums = [Double](repeating: 0, count: 3)
    var products = [[Double]](repeating: sums, count: 3)
    var weight = 0.0
    var hasColour = false
    for pixel in stride(from: 0, to: count, by: step) {
      let start = pixel * image.format.channels
      let colour = (0..<3).map { Double(image.samples[start + $0]) }
      // What is transparent is shown on paper that is white or black, where only luminance counts.
      guard image.format.channels < 4 || image.samples[start + 3] == image.format.maximum else {
        return
      }
      hasColour = hasColour || colour[0] != colour[1] || colour[0] != colour[2]
      weight += 1
      for i in 0..<3 {
        sums[i] += colour[i]
        for j in 0...i { products[i][j] += colour[i] * colour[j] }
      }
    }
    guard hasColour, weight > 0 else { return }
    func covariance(_ i: Int, _ j: Int) -> Double {
      products[max(i, j)][min(i, j)] / weight - sums[i] * sums[j] / (weight * weight)
    }
    func applied(to vector: [Double]) -> [Double] {
      (0..<3).map { i in (0..<3).reduce(0) { $0 + covariance(i, $1) * vector[$1] } }
    }
    /// The deviation of the levels that weights give, for a sum of absolute weights of 1.
    func deviation(_ vector: [Double]) -> Double {
      let variance = zip(vector, applied(to: vector)).reduce(0) { $0 + $1.0 * $1.1 }
      return max(variance, 0).squareRoot() / vector.reduce(0) { $0 + abs($1) }
    }
    // The principal axis, by the power method, from the channel that varies most.
    let first = (0..<3).max { covariance($0, $0) < covariance($1, $1) } ?? 0
    var axis = (0..<3).map { covariance($0, first) }
    for _ in 0..<32 {
      let next = applied(to: axis)
      let length = next.reduce(0) { max($0, abs($1)) }
      guard length > 0 else { return }
      axis = next.map { $0 / length }
    }
    let luminance = [0.299, 0.587, 0.114]
    guard deviation(axis) > Self.advantage * deviation(luminance) else { return }
    // Lighter stays lighter, as far as that can be said.
    let isLighter = zip(axis, luminance).reduce(0) { $0 + $1.0 * $1.1 } >= 0
    let total = axis.reduce(0) { $0 + abs($1) } * (isLighter ? 1 : -1)
    // Towards zero, so that no level is past the end.
    let thousandths = axis.map { Int($0 / total * 1000) }
    self.init(red: thousandths[0], green: thousandths[1], blue: thousandths[2])
  }
}
