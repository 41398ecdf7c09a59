/// A digit in a photograph: its ink, with everything else removed.
struct PhotographedDigit {
  /// The width of the soft edge of a stroke, as a share of the picture's shorter side.
  private static let edge = 0.01

  /// The amounts of ink, of shape `[height, width]` of the reduced picture; 0 is background.
  let amounts: [UInt16]
  /// The mean difference of the ink from the paper, in `0...1`.
  let contrast: Double
  /// Whether lines of the paper were removed.
  let removedLines: Bool
  /// Whether the ink comes to the edge of the picture, as a shadow does.
  let touchesEdge: Bool
  /// The number of large pieces that may be digits.
  let pieceCount: Int
  /// How plausible it is that this is the digit.
  let plausibility: Plausibility

  /// Finds the digit; `nil` if there is nothing but specks.
  init?(_ ink: PhotographedInk) {
    guard let digit = DigitPieces(of: ink) else { return nil }
    let (width, height) = (ink.picture.width, ink.picture.height)
    let strokes = ink.pieces.mask(of: digit.chosen, width: width)
    let reach = max(1, Int(Self.edge * Double(min(width, height))))
    let around = strokes.grown(by: reach)
    let nearLines = ink.lines.grown(by: 1)
    var amounts = ink.paper.ink
    for index in amounts.indices {
      let isInk =
        strokes.isSet[index]
        || around.isSet[index] && Int(amounts[index]) > ink.threshold && !nearLines.isSet[index]
      if !isInk { amounts[index] = 0 }
    }
    self.amounts = amounts
    removedLines = ink.lines.isSet.contains(true)
    touchesEdge = digit.chosen.contains {
      ink.pieces.pieces[$0].touchesEdge(width: width, height: height, margin: 2)
    }
    pieceCount = digit.candidates.map { ink.pieces.pieces[$0] }
      .digitCount(
        comparedWith: ink.pieces.pieces[digit.chosen[0]], mayBeBroken: removedLines)

    let (contrast, foreign) = ink.look(of: strokes)
    plausibility = Plausibility(
      contrast: contrast, foreign: foreign, hasSeveralPieces: pieceCount > 1)
    self.contrast = contrast
  }
}
