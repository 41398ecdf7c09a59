public import Images

extension Explanation {
  /// The preprocessed picture, enlarged, with the influences over it in the colours of viridis.
  ///
  /// Viridis is distinguishable for the colour-blind and rises in brightness (matplotlib, S. van
  /// der Walt and N. Smith, CC0). The picture's brightness shows through.
  ///
  /// - Parameter prediction: The prediction that was explained.
  /// - Returns: The picture, of at least 256 pixels a side if a whole factor allows it.
  public func image(over prediction: Prediction) -> Image {
    let factor = max(1, (256 + min(width, height) - 1) / min(width, height))
    let gray = prediction.pixels
    var samples: [UInt16] = []
    samples.reserveCapacity(3 * width * height * factor * factor)
    for row in 0..<height * factor {
      for column in 0..<width * factor {
        let level = Float(gray[row / factor * width + column / factor]) / 255
        let value = interpolated(
          x: (Float(column) + 0.5) / Float(factor) - 0.5,
          y: (Float(row) + 0.5) / Float(factor) - 0.5)
        for part in Self.viridis(value) {
          samples.append(UInt16((0.65 * part + 0.35 * 255 * level).rounded()))
        }
      }
    }
    return Image(
      width: width * factor, height: height * factor, format: .rgb8, samples: samples)
  }

  /// The influence between the centres of pixels.
  private func interpolated(x: Float, y: Float) -> Float {
    let (x, y) = (min(max(x, 0), Float(width - 1)), min(max(y, 0), Float(height - 1)))
    let (left, top) = (Int(x), Int(y))
    let (right, bottom) = (min(left + 1, width - 1), min(top + 1, height - 1))
    let (across, down) = (x - Float(left), y - Float(top))
    let upper =
      influence[top * width + left] * (1 - across) + influence[top * width + right] * across
    let lower =
      influence[bottom * width + left] * (1 - across) + influence[bottom * width + right] * across
    return upper * (1 - down) + lower * down
  }

  /// A colour of viridis, red, green and blue from 0 to 255, for a value from 0 to 1.
  private static func viridis(_ value: Float) -> [Float] {
    let place = min(max(value, 0), 1) * Float(colours.count - 1)
    let index = min(Int(place), colours.count - 2)
    let share = place - Float(index)
    return zip(colours[index], colours[index + 1]).map { $0 * (1 - share) + $1 * share }
  }

  /// Every 32nd colour of viridis.
  private static let colours: [[Float]] = [
    [68, 1, 84], [71, 44, 122], [59, 81, 139], [44, 113, 142], [33, 144, 141], [39, 173, 129],
    [92, 200, 99], [170, 220, 50], [253, 231, 37],
  ]
}
