internal import Images

/// An image as gray levels, from 0 (black) to 65535, with transparent pixels composed on
/// background.
///
/// If ink differs from the background in colour but hardly in luminance, the levels follow the axis
/// along which the colours vary most.
struct Luminance {
  static let full = 65535

  let width: Int
  let height: Int
  /// `[height, width]`.
  let levels: [UInt16]
  /// Whether the image has neither colour nor transparency.
  let isPlainGray: Bool
  /// The weights of red, green and blue in the levels.
  let weights: ColourWeights
  /// The Exif orientation that was applied to the image.
  let orientation: Int
  /// The reduction factor in each direction.
  let reduction: Int

  /// The same picture with other levels.
  init(_ other: Luminance, levels: [UInt16]) {
    (width, height, self.levels) = (other.width, other.height, levels)
    (isPlainGray, weights) = (other.isPlainGray, other.weights)
    (orientation, reduction) = (other.orientation, other.reduction)
  }

  /// The properties of the image without its levels, which take much memory.
  var withoutLevels: Luminance { Luminance(self, levels: []) }

  /// Computes the levels from the channels, composed on background.
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

  /// The background level for transparent pixels.
  ///
  /// It is the level of an opaque border. Otherwise, it is white, or black for mostly light ink,
  /// which would vanish on white.
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
