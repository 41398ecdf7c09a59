import Images

extension DigitPreprocessor {
  /// What a photograph may show, with dark and with light ink, or with the requested one.
  ///
  /// The paper is sought in two windows, and strokes by two shares of the strongest ink: glare
  /// makes some of them paler, and a shadow that is one piece of ink with the digit is mostly paler
  /// than it.
  func photographed(
    _ luminance: Luminance, _ image: Image, _ inversion: Inversion
  ) -> [Candidate] {
    let reduced = GrayPicture(reducing: luminance)
    let isRequested = inversion.reason == .requested
    let sides = isRequested ? [inversion.isInverted] : [true, false]
    var candidates: [Candidate] = []
    var mayBeShadow = false
    for isDark in sides {
      let picture = isDark ? reduced : reduced.inverted
      let inversion = Inversion(
        isInverted: isDark, reason: isRequested ? .requested : isDark ? .inkIsDarker : .inkIsLighter
      )
      for window in [LocalPaper.windowShare, LocalPaper.narrowWindowShare] {
        let paper = LocalPaper(of: picture, windowShare: window)
        func add(_ strokeShare: Double) -> Bool? {
          guard let ink = PhotographedInk(of: picture, on: paper, strokeShare: strokeShare),
            let digit = PhotographedDigit(ink)
          else { return nil }
          let candidate = Candidate(digit, ink, of: luminance, inversion)
          if candidate.pixels != candidates.last?.pixels { candidates.append(candidate) }
          return digit.touchesEdge
        }
        guard let touchesEdge = add(PhotographedInk.strokeShare) else { continue }
        mayBeShadow = mayBeShadow || isDark && touchesEdge
        _ = add(touchesEdge ? PhotographedInk.shareAboveShadow : PhotographedInk.shareInGlare)
      }
    }
    if mayBeShadow, let colours = luminance.withoutShadows(image) {
      let picture = GrayPicture(reducing: colours)
      let reason: Preprocessing.InversionReason = isRequested ? .requested : .inkIsDarker
      if let ink = PhotographedInk(of: picture, on: LocalPaper(of: picture)),
        let digit = PhotographedDigit(ink)
      {
        candidates.append(
          Candidate(digit, ink, of: luminance, Inversion(isInverted: true, reason: reason)))
      }
    }
    return candidates
  }
}

extension DigitPreprocessor.Candidate {
  fileprivate init(
    _ digit: PhotographedDigit, _ ink: PhotographedInk, of luminance: Luminance,
    _ inversion: Inversion
  ) {
    let fitted = FittedDigit(digit.amounts, width: ink.picture.width)
    self.init(
      pixels: fitted.pixels,
      preprocessing: Preprocessing(
        mode: .mnist, of: luminance, inversion: inversion, background: .local,
        contrast: Int(digit.contrast * Double(Luminance.full)), inkThreshold: ink.threshold,
        removedLines: digit.removedLines, pieces: digit.pieceCount, fitted: fitted,
        blockSide: ink.picture.blockSide),
      plausibility: digit.plausibility)
  }
}
