internal import PNG

/// A picture as gray levels, 0 (black) to 65535, with what is transparent shown on paper.
///
/// Ink that differs from the paper by its colour and hardly by its luminance is seen too: then the
/// levels run along the line on which the colours differ most.
struct Luminance {
  static let full = 65535

  let width: Int
  let height: Int
  /// `[height, width]`.
  let levels: [UInt16]
  /// Whether the picture had neither colour nor transparency.
  let isPlainGray: Bool
  /// How much red, green and blue count in the levels.
  let weights: ColourWeights
  /// The Exif orientation that was applied to the picture.
  let orientation: Int
  /// How many pixels of the file, in each direction, became one.
  let reduction: Int

  /// Weighs the channels and composes on paper.
  init(_ image: Image) {
    width = image.width
    height = image.height
    orientation = image.orientation
    reduction = image.reduction
    let channels = image.format.channels
    let unit = Self.full / Int(image.format.maximum)
    guard channels > 1 else {
      levels = image.samples.map { $0 * UInt16(unit) }
      isPlainGray = true
      weights = .luminance
      return
    }
    let weights = ColourWeights(for: image)
    self.weights = weights

    var levels = [UInt16](repeating: 0, count: width * height)
    var isGray = true
    var coverage = 0
    let samples = image.samples.span
    for index in levels.indices {
      let start = index * channels
      let (red, green, blue) = (samples[start], samples[start + 1], samples[start + 2])
      isGray = isGray && red == green && red == blue
      levels[index] = weights.level(
        red: Int(red) * unit, green: Int(green) * unit, blue: Int(blue) * unit)
      coverage += channels == 4 ? Int(samples[start + 3]) : Int(image.format.maximum)
    }
    let isOpaque = coverage == levels.count * Int(image.format.maximum)
    isPlainGray = isGray && isOpaque
    if !isOpaque {
      let paper = Self.paper(behind: levels, of: image)
      for index in levels.indices {
        let alpha = Int(samples[index * channels + 3]) * unit
        let sum = Int(levels[index]) * alpha + paper * (Self.full - alpha)
        levels[index] = UInt16(truncatingIfNeeded: (sum + Self.full / 2) / Self.full)
      }
    }
    self.levels = levels
  }

  /// The gray to show where an image with alpha is transparent.
  ///
  /// It is what an opaque border shows. Without one it is white, unless the ink is mostly light:
  /// white ink on nothing would vanish on white paper.
  private static func paper(behind levels: [UInt16], of image: Image) -> Int {
    let maximum = Int(image.format.maximum)
    var border: [UInt16] = []
    var borderCount = 0
    for row in 0..<image.height {
      Border.forEachColumn(ofRow: row, width: image.width, height: image.height) { column in
        let index = row * image.width + column
        borderCount += 1
        if Int(image.samples[4 * index + 3]) == maximum { border.append(levels[index]) }
      }
    }
    if 2 * border.count > borderCount { return border.lowerMedian }

    var weighted = 0
    var coverage = 0
    for index in levels.indices {
      let alpha = Int(image.samples[4 * index + 3])
      weighted += Int(levels[index]) * alpha
      coverage += alpha
    }
    return 2 * weighted > full * coverage ? 0 : full
  }
}
