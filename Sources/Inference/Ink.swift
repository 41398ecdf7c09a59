/// Whether to invert the image, and the reason.
struct Inversion {
  let isInverted: Bool
  let reason: Preprocessing.InversionReason
  /// Whether pixels that differ from the background to the other side are too few to matter.
  var isClear = true

  /// Decides as requested, or by the side (dark or light) that differs more from the background.
  ///
  /// Squared differences: a digit of few strong pixels outweighs a shadow of many weak ones.
  init(_ mode: InversionMode, of picture: Luminance, on paper: Paper) {
    var darker = 0
    var lighter = 0
    paper.forEachDifference(of: picture.levels.span) { _, difference in
      if difference < 0 {
        darker += difference * difference
      } else {
        lighter += difference * difference
      }
    }
    if mode == .auto {
      self.init(
        isInverted: darker > lighter, reason: darker > lighter ? .inkIsDarker : .inkIsLighter)
    } else {
      self.init(isInverted: mode == .yes, reason: .requested)
    }
    let (ink, opposite) = isInverted ? (darker, lighter) : (lighter, darker)
    isClear = mode != .auto || opposite <= ink / Self.clearness
  }

  /// The least ratio of the squared differences to one side and to the other, if it is clear which
  /// one the ink is.
  private static let clearness = 100

  init(isInverted: Bool, reason: Preprocessing.InversionReason) {
    self.isInverted = isInverted
    self.reason = reason
  }
}

/// The ink: the difference of each pixel from the background towards the ink, with a threshold.
struct Ink {
  /// The minimum contrast of an image that is not blank, of 65535: four levels of 256.
  static let leastContrast = 1024

  let width: Int
  let height: Int
  /// The amounts of ink, of shape `[height, width]`; 0 is background.
  let amounts: [UInt16]
  /// The largest amount.
  let peak: Int
  /// The threshold: larger amounts are ink.
  let threshold: Int
  /// Whether the paper is even, and the ink one piece with the form of a digit.
  let isOneDigit: Bool
  /// Whether that piece leaves the image at two edges or more.
  let crossesImage: Bool

  /// Separates ink from background, and removes specks and edge lines.
  ///
  /// - Throws: ``PreprocessingError/blank`` if no ink remains.
  init(
    of picture: Luminance, on paper: Paper, inverted: Bool
  ) throws(PreprocessingError) {
    width = picture.width
    height = picture.height
    var amounts = [UInt16](repeating: 0, count: picture.levels.count)
    var peak = 0
    paper.forEachDifference(of: picture.levels.span) { index, difference in
      let amount = min(max(inverted ? -difference : difference, 0), Luminance.full)
      amounts[index] = UInt16(truncatingIfNeeded: amount)
      peak = max(peak, amount)
    }
    guard peak >= Self.leastContrast else { throw .blank }
    self.peak = peak
    // Three times the noise, unless that removes all ink. In a clean image, nearly everything
    // counts, because MNIST includes the faint edges of strokes.
    let threshold = min(
      max(3 * paper.noise, peak / 100), Self.otsuThreshold(of: amounts, peak: peak))
    self.threshold = threshold
    for index in amounts.indices where Int(amounts[index]) <= threshold { amounts[index] = 0 }
    EdgeLines.clear(in: &amounts, width: width)
    let strokes = StrokeGrid(of: amounts, width: width, height: height)
    guard strokes.hasStrokes else { throw .blank }
    strokes.clearSpecks(of: &amounts)
    isOneDigit = 12 * paper.noise <= peak && strokes.isOneDigit(peak: peak)
    crossesImage = strokes.crossesImage
    self.amounts = amounts
  }

  /// Otsu's threshold (1979), over 256 levels.
  private static func otsuThreshold(of amounts: [UInt16], peak: Int) -> Int {
    var counts = [Int](repeating: 0, count: 256)
    for amount in amounts { counts[Int(amount) * 255 / peak] += 1 }
    let weighted = counts.enumerated().reduce(0) { $0 + $1.offset * $1.element }
    var best = (variance: -1.0, level: 0)
    var below = 0
    var sumBelow = 0
    for level in 0..<255 {
      below += counts[level]
      sumBelow += level * counts[level]
      let above = amounts.count - below
      guard below > 0, above > 0 else { continue }
      let gap = Double(sumBelow) / Double(below) - Double(weighted - sumBelow) / Double(above)
      let variance = Double(below) * Double(above) * gap * gap
      if variance > best.variance { best = (variance, level) }
    }
    return (best.level + 1) * peak / 255
  }
}
