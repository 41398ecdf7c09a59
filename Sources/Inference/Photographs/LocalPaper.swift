/// The paper of a photograph: its gray level at every pixel, found where it is.
///
/// It is the closing of the picture with a square of a quarter of its longer side: strokes are
/// narrower and vanish, and shadows, vignettes, glare and the edges of sheets remain.
struct LocalPaper {
  /// The side of the square, as a share of the picture's longer side.
  static let windowShare = 0.25
  /// The side of a square that narrow shadows fill, as the strokes of a broad pen do.
  static let narrowWindowShare = 0.1
  /// Pictures of fewer pixels a side have strokes of few pixels, which smoothing would blur.
  private static let leastSmoothedSide = 60
  /// Darker paper counts as this level, so that its noise is not taken for ink.
  private static let leastLevel = 20 * 257

  /// The level of the paper behind each pixel.
  let levels: [UInt16]
  /// The ink at each pixel: the share of the paper's light that is missing, from 0 to 65535.
  let ink: [UInt16]
  /// The standard deviation of the noise, in the unit of the ink.
  let noise: Int
  /// The ink that paper without ink seems to have: the closing follows the lightest noise.
  let bias: Int
  /// The strength of the darkest strokes, in the unit of the ink.
  let peak: Int

  /// - Parameters:
  ///   - picture: A picture with dark ink.
  ///   - windowShare: The side of the square, as a share of the picture's longer side.
  init(of picture: GrayPicture, windowShare: Double = Self.windowShare) {
    let (width, height) = (picture.width, picture.height)
    let isSmall = min(width, height) <= Self.leastSmoothedSide
    let smoothed = isSmall ? picture : picture.smoothed
    let window = max(3, Int(windowShare * Double(max(width, height)))) | 1
    let levels = RunningExtremum.closing(smoothed.levels, width: width, radius: window / 2)
    let (paper, source, means) = (levels.span, picture.levels.span, smoothed.levels.span)
    var ink = [UInt16](repeating: 0, count: paper.count)
    var roughness = ink
    for index in paper.indices {
      let level = max(Int(paper[index]), Self.leastLevel)
      let missing = Int(paper[index]) - Int(source[index])
      ink[index] = UInt16(clamping: missing * Luminance.full / level)
      let difference = abs(Int(source[index]) - Int(means[index]))
      roughness[index] = UInt16(clamping: difference * Luminance.full / level)
    }
    self.levels = levels
    // The median of the absolute differences from the mean of nine pixels, for normal noise.
    let noise = Int(1.57 * Double(roughness.lowerMedian))
    self.noise = noise
    bias = min(ink.lowerMedian, noise * 7 / 2 + Luminance.full / 50)
    let largest = Int(ink.max() ?? 0)
    peak = max(ink.value(atShare: 997, of: 1000), largest * 6 / 10)
    self.ink = ink
  }
}
