internal import Images

/// An image that is drawn on.
struct Raster {
  let width: Int
  let height: Int

  /// Red, green and blue of each pixel.
  private var samples: [UInt8]

  /// Creates a raster of one colour.
  init(width: Int, height: Int, color: (UInt8, UInt8, UInt8)) {
    (self.width, self.height) = (width, height)
    samples = []
    samples.reserveCapacity(3 * width * height)
    for _ in 0..<width * height {
      samples.append(color.0)
      samples.append(color.1)
      samples.append(color.2)
    }
  }

  /// Fills closed contours.
  ///
  /// - Parameters:
  ///   - contours: The corners of each contour, in pixels.
  ///   - color: The colour.
  ///   - opacity: The opacity, `0...1`.
  mutating func fill(_ contours: [[Point]], _ color: (UInt8, UInt8, UInt8), opacity: Double) {
    guard let coverage = Coverage(contours) else { return }
    for row in max(0, -coverage.y)..<max(0, min(coverage.height, height - coverage.y)) {
      for (column, share) in coverage.row(row).enumerated() where share > 0 {
        let x = coverage.x + column
        guard x >= 0, x < width else { continue }
        let alpha = Int(share * opacity * 255 + 0.5)
        let index = 3 * ((coverage.y + row) * width + x)
        blend(color.0, alpha, at: index)
        blend(color.1, alpha, at: index + 1)
        blend(color.2, alpha, at: index + 2)
      }
    }
  }

  /// Copies pixels.
  ///
  /// - Parameters:
  ///   - pixels: `[height, width, 3]`.
  ///   - x: The column of the first pixel.
  ///   - y: The row of the first pixel.
  ///   - columns: The width of the pixels.
  ///   - scale: The side of the square that each pixel becomes.
  mutating func copy(_ pixels: [UInt8], x: Int, y: Int, columns: Int, scale: Int) {
    let rows = pixels.count / (3 * columns)
    for row in 0..<min(rows * scale, height - y) {
      for column in 0..<min(columns * scale, width - x) {
        let source = 3 * (row / scale * columns + column / scale)
        let target = 3 * ((y + row) * width + x + column)
        for channel in 0..<3 { samples[target + channel] = pixels[source + channel] }
      }
    }
  }

  private mutating func blend(_ value: UInt8, _ alpha: Int, at index: Int) {
    samples[index] = UInt8((Int(samples[index]) * (255 - alpha) + Int(value) * alpha + 127) / 255)
  }

  /// The image.
  var image: Image {
    Image(width: width, height: height, format: .rgb8, samples: samples.map(UInt16.init))
  }
}
