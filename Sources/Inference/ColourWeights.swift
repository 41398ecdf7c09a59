import Images

/// The weights of red, green and blue in a gray level, in thousandths.
struct ColourWeights: Equatable, Sendable {
  let red: Int
  let green: Int
  let blue: Int
  /// The maximum reduction by negative weights, which is added so that levels are at least 0.
  private let floor: Int

  init(red: Int, green: Int, blue: Int) {
    (self.red, self.green, self.blue) = (red, green, blue)
    floor = (min(red, 0) + min(green, 0) + min(blue, 0)) * Luminance.full
  }

  /// The weights of luminance, by ITU-R BT.601.
  static let luminance = ColourWeights(red: 299, green: 587, blue: 114)

  /// Returns the gray level of a colour.
  ///
  /// - Parameters:
  ///   - red: From 0 to 65535.
  ///   - green: From 0 to 65535.
  ///   - blue: From 0 to 65535.
  /// - Returns: The level, from 0 to 65535.
  func level(red: Int, green: Int, blue: Int) -> UInt16 {
    let sum = self.red * red + self.green * green + self.blue * blue - floor
    return UInt16(truncatingIfNeeded: (sum + 500) / 1000)
  }
}

extension ColourWeights {
  /// The factor by which the colours must vary more than their luminance to be used instead.
  private static let advantage = 3.0

  /// Chooses luminance, unless the colours of the image vary much more along another axis.
  init(for image: Image) {
    self = .luminance
    // A sample of the pixels is sufficient, and bounds the cost for large images.
    let (count, channels) = (image.width * image.height, image.format.channels)
    let starts = stride(from: 0, to: count, by: max(1, count / 4096 | 1)).map { $0 * channels }
    let samples = image.samples
    guard
      starts.contains(where: {
        samples[$0] != samples[$0 + 1] || samples[$0] != samples[$0 + 2]
      }),
      // Transparent images are composed on white or black, where only luminance matters.
      channels < 4 || starts.allSatisfy({ samples[$0 + 3] == image.format.maximum })
    else { return }
    var sums = [Double](repeating: 0, count: 3)
    var products = [[Double]](repeating: sums, count: 3)
    for start in starts {
      for i in 0..<3 {
        sums[i] += Double(samples[start + i])
        for j in 0...i {
          products[i][j] += Double(samples[start + i]) * Double(samples[start + j])
        }
      }
    }
    let weight = Double(starts.count)
    func covariance(_ i: Int, _ j: Int) -> Double {
      products[max(i, j)][min(i, j)] / weight - sums[i] * sums[j] / (weight * weight)
    }
    func applied(to vector: [Double]) -> [Double] {
      (0..<3).map { i in (0..<3).reduce(0) { $0 + covariance(i, $1) * vector[$1] } }
    }
    /// The standard deviation of the levels, for weights whose absolute values sum to 1.
    func deviation(_ vector: [Double]) -> Double {
      let variance = zip(vector, applied(to: vector)).reduce(0) { $0 + $1.0 * $1.1 }
      return max(variance, 0).squareRoot() / vector.reduce(0) { $0 + abs($1) }
    }
    // The principal axis by power iteration, starting from the channel that varies most.
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
    // Orients the axis so that lighter colours stay lighter.
    let isLighter = zip(axis, luminance).reduce(0) { $0 + $1.0 * $1.1 } >= 0
    let total = axis.reduce(0) { $0 + abs($1) } * (isLighter ? 1 : -1)
    // Rounded towards zero, so that no level exceeds the maximum.
    let thousandths = axis.map { Int($0 / total * 1000) }
    self.init(red: thousandths[0], green: thousandths[1], blue: thousandths[2])
  }
}
