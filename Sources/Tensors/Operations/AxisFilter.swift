/// A linear map from the pixels of a line to the pixels of a line of the same length, with few
/// weights per pixel.
struct AxisFilter {
  /// The number of weights per pixel.
  private let taps: Int

  /// The first input pixel of each output pixel.
  private let firsts: [Int]

  /// The weights, `taps` for each output pixel.
  private let weights: [Float]

  /// Creates a filter.
  ///
  /// - Parameter rows: For each output pixel, the first of its input pixels and their weights; they
  ///   must lie within the line.
  private init(_ rows: [(first: Int, weights: [Double])]) {
    let (count, taps) = (rows.count, rows.map(\.weights.count).max() ?? 0)
    self.taps = taps
    var firsts: [Int] = []
    var weights = [Float](repeating: 0, count: count * taps)
    for (place, row) in rows.enumerated() {
      // A row at the end may have fewer weights, and begins earlier to have as many as the others.
      let first = Swift.min(row.first, count - taps)
      firsts.append(first)
      for (tap, weight) in row.weights.enumerated() {
        weights[place * taps + row.first - first + tap] = Float(weight)
      }
    }
    (self.firsts, self.weights) = (firsts, weights)
  }

  /// A Gaussian filter that ends at three standard deviations; pixels at the ends are repeated
  /// outside.
  ///
  /// - Parameters:
  ///   - deviation: The standard deviation in pixels, greater than 0.
  ///   - count: The length of the line, at least 1.
  /// - Returns: The filter.
  static func gaussian(deviation: Double, count: Int) -> AxisFilter {
    let radius = Int((3 * deviation).rounded(.up))
    var kernel = (-radius...radius).map { offset in
      let distance = Double(offset) / deviation
      return Elementary.exp(-distance * distance / 2)
    }
    let sum = kernel.reduce(0, +)
    for place in kernel.indices { kernel[place] /= sum }
    return AxisFilter(
      (0..<count).map { place in
        let first = Swift.max(place - radius, 0)
        let last = Swift.min(place + radius, count - 1)
        var weights = [Double](repeating: 0, count: last - first + 1)
        for (offset, weight) in kernel.enumerated() {
          weights[Swift.min(Swift.max(place - radius + offset, 0), count - 1) - first] += weight
        }
        return (first, weights)
      })
  }

  /// The reduction to fewer pixels by averaging areas, and the enlargement to the old number by
  /// linear interpolation.
  ///
  /// - Parameters:
  ///   - reduced: The number of pixels between, in `1...count`.
  ///   - count: The length of the line, at least 1.
  /// - Returns: The filter.
  static func coarse(_ reduced: Int, count: Int) -> AxisFilter {
    let size = Double(count) / Double(reduced)
    // Pixel i of the reduced line is the mean of the line from i * size to (i + 1) * size.
    let cells = (0..<reduced).map { cell in
      let (low, high) = (Double(cell) * size, Double(cell + 1) * size)
      let first = Int(low)
      let last = Swift.min(Int(high.rounded(.up)), count) - 1
      let weights = (first...last).map { place in
        (Swift.min(high, Double(place + 1)) - Swift.max(low, Double(place))) / size
      }
      return (first: first, weights: weights)
    }
    return AxisFilter(
      (0..<count).map { place in
        let position = Swift.min(
          Swift.max((Double(place) + 0.5) / size - 0.5, 0), Double(reduced - 1))
        let left = Swift.min(Int(position), reduced - 1)
        let right = Swift.min(left + 1, reduced - 1)
        let part = position - Double(left)
        let first = cells[left].first
        let end = cells[right].first + cells[right].weights.count
        var weights = [Double](repeating: 0, count: end - first)
        for (cell, share) in [(cells[left], 1 - part), (cells[right], part)] {
          for (offset, weight) in cell.weights.enumerated() {
            weights[cell.first - first + offset] += share * weight
          }
        }
        return (first, weights)
      })
  }

  /// Filters the rows of a matrix as wholes.
  ///
  /// - Parameters:
  ///   - rows: The matrix of one row for each pixel of the line.
  ///   - length: The length of a row.
  ///   - out: The memory for the filtered matrix; must not overlap the other.
  func filterRows(
    _ rows: UnsafePointer<Float>, length: Int, to out: UnsafeMutablePointer<Float>
  ) {
    for (place, first) in firsts.enumerated() {
      let target = unsafe out + place * length
      for element in 0..<length { unsafe target[element] = 0 }
      for tap in 0..<taps {
        let weight = weights[place * taps + tap]
        guard weight != 0 else { continue }
        let source = unsafe rows + (first + tap) * length
        for element in 0..<length { unsafe target[element] += weight * source[element] }
      }
    }
  }

  /// Filters a line of pixels.
  ///
  /// - Parameters:
  ///   - line: The pixels with their channels.
  ///   - channels: The number of channels.
  ///   - out: The memory for the filtered line; must not overlap the other.
  func filterLine(
    _ line: UnsafePointer<Float>, channels: Int, to out: UnsafeMutablePointer<Float>
  ) {
    unsafe weights.withUnsafeBufferPointer { weights in
      for (place, first) in firsts.enumerated() {
        for channel in 0..<channels {
          var sum: Float = 0
          for tap in 0..<taps {
            unsafe sum += weights[place * taps + tap] * line[(first + tap) * channels + channel]
          }
          unsafe out[place * channels + channel] = sum
        }
      }
    }
  }
}
