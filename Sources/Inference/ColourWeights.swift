import PNG

/// How much red, green and blue count in a gray level, in thousandths.
struct ColourWeights: Equatable, Sendable, Encodable {
  let red: Int
  let green: Int
  let blue: Int
  /// What negative weights take away at most, so that no level is below 0.
  private let floor: Int

  private enum CodingKeys: CodingKey {
    case red, green, blue
  }

  init(red: Int, green: Int, blue: Int) {
    (self.red, self.green, self.blue) = (red, green, blue)
    floor = (min(red, 0) + min(green, 0) + min(blue, 0)) * Luminance.full
  }

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
    let sum = self.red * red + self.green * green + self.blue * blue - floor
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
    let (count, channels) = (image.width * image.height, image.format.channels)
    let starts = stride(from: 0, to: count, by: max(1, count / 4096 | 1)).map { $0 * channels }
    let samples = image.samples
    guard
      starts.contains(where: {
        samples[$0] != samples[$0 + 1] || samples[$0] != samples[$0 + 2]
      }),
      // What is transparent is shown on paper that is white or black, where only luminance counts.
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
