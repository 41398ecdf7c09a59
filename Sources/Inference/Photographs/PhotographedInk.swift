/// The pieces of ink of a photograph, without the lines of the paper.
struct PhotographedInk {
  /// Ink of at least this share of the peak is a stroke; paler ink only borders on one.
  static let strokeShare = 0.45
  /// The share of the peak above most shadows.
  static let shareAboveShadow = 0.75
  /// The share of the peak above which strokes are that glare makes paler.
  static let shareInGlare = 0.25

  let picture: GrayPicture
  let paper: LocalPaper
  /// The lines of the paper.
  let lines: Mask
  /// The pieces, in the order of their first pixels.
  let pieces: ConnectedPieces
  /// The least ink of a pixel that borders on a stroke.
  let threshold: Int

  /// Finds the ink; `nil` if there is none.
  ///
  /// - Parameters:
  ///   - picture: A picture with dark ink; see ``GrayPicture/inverted`` for light ink.
  ///   - paper: Its paper.
  ///   - strokeShare: The share of the peak from which ink is a stroke.
  ///   - findLines: Returns the lines of the paper among strokes, given the amounts of ink of which
  ///     the strokes are at least so much.
  init?(
    of picture: GrayPicture, on paper: LocalPaper, strokeShare: Double = Self.strokeShare,
    findLines: (_ strokes: Mask, _ ink: [UInt16], _ least: Int) -> Mask = { strokes, _, _ in
      RuledLines.find(in: strokes)
    }
  ) {
    guard paper.peak >= Ink.leastContrast, let largest = paper.ink.max() else { return nil }
    let (noise, bias) = (paper.noise, paper.bias)
    let peak = Double(paper.peak)
    let stroke = max(
      Int(strokeShare * peak), min(bias + 4 * noise, Int(0.7 * peak)))
    guard Int(largest) > stroke else { return nil }
    threshold = min(max(paper.peak / 100, bias + 3 * noise), stroke * 9 / 10)
    var strokes = Mask(
      width: picture.width, height: picture.height, isSet: paper.ink.map { Int($0) > stroke })
    let all = strokes.count
    let lines = findLines(strokes, paper.ink, stroke)
    strokes.subtract(lines)
    let rest = strokes.count
    if 10 * rest < all, rest * 500 < picture.levels.count {
      // Nothing but lines: one of them is the digit.
      strokes.formUnion(lines)
      self.lines = Mask(width: picture.width, height: picture.height)
    } else {
      self.lines = lines
    }
    pieces = ConnectedPieces(of: strokes, weights: paper.ink)
    guard !pieces.pieces.isEmpty else { return nil }
    (self.picture, self.paper) = (picture, paper)
  }
}

extension PhotographedInk {
  /// How strokes look on their paper.
  ///
  /// - Parameter strokes: The pixels of strokes, at least one.
  /// - Returns: The mean difference of the strokes from the paper, in `0...1` but not 0, and the
  ///   difference of the paper around them from that of the picture, as a share of the contrast.
  func look(of strokes: Mask) -> (contrast: Double, foreign: Double) {
    let near = strokes.grown(by: 2)
    var (difference, count) = (0, 0)
    var levels: [UInt16] = []
    for index in near.isSet.indices where near.isSet[index] {
      levels.append(paper.levels[index])
      if strokes.isSet[index] {
        difference += Int(paper.levels[index]) - Int(picture.levels[index])
        count += 1
      }
    }
    let full = Double(Luminance.full)
    let contrast = max(Double(difference) / Double(count) / full, 1e-3)
    return (
      contrast, abs(Double(levels.lowerMedian - paper.levels.lowerMedian)) / full / contrast
    )
  }
}

extension ConnectedPieces.Piece {
  /// Whether the piece comes within some pixels of the edge of a picture.
  func touchesEdge(width: Int, height: Int, margin: Int) -> Bool {
    left < margin || top < margin || right > width - margin || bottom > height - margin
  }
}
