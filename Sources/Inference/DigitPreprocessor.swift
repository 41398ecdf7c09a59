public import Images

/// A preprocessor that converts an image of a digit to the 28 × 28 pixels of MNIST.
///
/// ```swift
/// let preprocessor = DigitPreprocessor(mode: .mnist)
/// let digit = try preprocessor(Image.decode(contentsOf: picture))
/// let image = Image(width: 28, height: 28, gray: digit.pixels)  // light ink on black, centred
/// print(digit.preprocessing.inversionReason)  // inkIsLighter
/// ```
public struct DigitPreprocessor: Equatable, Sendable {
  /// The preprocessed image and the decisions of the preprocessing.
  public struct Result: Equatable, Sendable {
    /// The pixels, of shape `[28, 28]`, from 0 (background) to 255 (ink).
    public let pixels: [UInt8]
    /// The decisions of the preprocessing.
    public let preprocessing: Preprocessing
  }

  /// The least side of a picture that may be a photograph, in pixels.
  static let leastPhotograph = 60

  /// The preprocessing mode.
  public var mode: PreprocessingMode
  /// The inversion mode.
  public var inversion: InversionMode

  /// Creates a preprocessor.
  ///
  /// - Parameters:
  ///   - mode: The preprocessing mode.
  ///   - inversion: The inversion mode.
  public init(mode: PreprocessingMode = .auto, inversion: InversionMode = .auto) {
    self.mode = mode
    self.inversion = inversion
  }

  /// Preprocesses an image.
  ///
  /// - Parameter image: An image of a digit of any size and colour, drawn or photographed.
  /// - Returns: The pixels and the decisions of the preprocessing.
  /// - Throws: ``PreprocessingError`` if the image is blank, or is not 28 × 28 in mode `none`.
  /// - Complexity: O(pixels), with additional memory of a quarter of a 16-bit RGBA image.
  public func callAsFunction(_ image: Image) throws(PreprocessingError) -> Result {
    let best = try candidates(image)[0]
    return Result(pixels: best.pixels, preprocessing: best.preprocessing)
  }

  /// Preprocesses an image in each way that makes sense.
  ///
  /// - Parameter image: An image of a digit.
  /// - Returns: The candidates, at least one, the most plausible first.
  /// - Throws: ``PreprocessingError`` as ``callAsFunction(_:)``.
  func candidates(_ image: Image) throws(PreprocessingError) -> [Candidate] {
    let picture = Luminance(image)
    switch mode {
    case .auto where inversion != .yes && picture.looksLikeMNIST: return [try asIs(picture)]
    case .auto, .mnist: return try byTheRuleOfMNIST(picture, image)
    case .resize: return [try resized(picture)]
    case .none: return [try asIs(picture)]
    }
  }

  /// What the image may show, if ink is dark or light.
  struct Candidate {
    /// The pixels, of shape `[28, 28]`, from 0 (background) to 255 (ink).
    let pixels: [UInt8]
    /// The decisions of the preprocessing.
    let preprocessing: Preprocessing
    /// How plausible the candidate is.
    var plausibility = Plausibility(contrast: 1, foreign: 0)
  }

  private func asIs(_ picture: Luminance) throws(PreprocessingError) -> Candidate {
    guard picture.width == FittedDigit.side, picture.height == FittedDigit.side else {
      throw .wrongSize(
        width: picture.width, height: picture.height, wantedWidth: FittedDigit.side,
        wantedHeight: FittedDigit.side)
    }
    let inversion =
      inversion == .auto
      ? Inversion(isInverted: false, reason: .asIs)
      : Inversion(isInverted: inversion == .yes, reason: .requested)
    let pixels = picture.levels.map { level in
      let byte = UInt8((Int(level) * 255 + Luminance.full / 2) / Luminance.full)
      return inversion.isInverted ? 255 - byte : byte
    }
    guard pixels.contains(where: { $0 != pixels[0] }) else { throw .blank }
    return Candidate(
      pixels: pixels, preprocessing: Preprocessing(mode: .none, of: picture, inversion: inversion))
  }

  private func byTheRuleOfMNIST(
    _ picture: Luminance, _ image: Image
  ) throws(PreprocessingError) -> [Candidate] {
    guard !BlankSheet.isBlank(picture) else { throw .blank }
    let paper = Paper(of: picture)
    let inversion = Inversion(inversion, of: picture, on: paper)
    let ink = try Ink(of: picture, on: paper, inverted: inversion.isInverted)
    if ink.isOneDigit, inversion.isClear {
      let fitted = FittedDigit(ink.amounts, width: ink.width)
      let contrast = Double(ink.peak) / Double(Luminance.full)
      let whole = Candidate(
        pixels: fitted.pixels,
        preprocessing: Preprocessing(
          mode: .mnist, of: picture, inversion: inversion, background: .even,
          paperLevel: paper.level, contrast: ink.peak, inkThreshold: ink.threshold,
          removedLines: false, pieces: 1, fitted: fitted),
        plausibility: Plausibility(contrast: contrast, foreign: 0))
      // A shadow may go through a digit, and be one piece of ink with it.
      let mayBeShadow =
        ink.crossesImage && min(picture.width, picture.height) >= Self.leastPhotograph
      return mayBeShadow ? [whole] + photographed(picture, image, inversion) : [whole]
    }
    var candidates = photographed(picture, image, inversion)
    if mode == .auto, inversion.reason != .requested, let whole = faulty(picture) {
      candidates.append(whole)
    }
    guard !candidates.isEmpty else { throw .blank }
    return candidates.sorted { $0.plausibility.logOdds() > $1.plausibility.logOdds() }
  }

  /// A picture of MNIST with faults, such as noise, as it is; `nil` if the picture cannot be one.
  private func faulty(_ picture: Luminance) -> Candidate? {
    guard picture.isPlainGray, let low = picture.levels.min(), let high = picture.levels.max(),
      let whole = try? asIs(picture)
    else { return nil }
    let contrast = Double(high - low) / Double(Luminance.full)
    // The paper of MNIST is black.
    let foreign = Double(picture.levels.lowerMedian) / Double(Luminance.full) / contrast
    return Candidate(
      pixels: whole.pixels, preprocessing: whole.preprocessing,
      plausibility: Plausibility(contrast: contrast, foreign: foreign))
  }

  private func resized(_ picture: Luminance) throws(PreprocessingError) -> Candidate {
    guard !BlankSheet.isBlank(picture) else { throw .blank }
    let paper = Paper(of: picture)
    let inversion = Inversion(inversion, of: picture, on: paper)
    let levels =
      inversion.isInverted ? picture.levels.map { UInt16(Luminance.full) - $0 } : picture.levels
    let means = AreaAverage.of(
      levels, width: picture.width,
      box: Preprocessing.Box(x: 0, y: 0, width: picture.width, height: picture.height),
      at: (x: 0, y: 0), in: (picture.width, picture.height), cells: FittedDigit.side, fudge: 1)
    let pixels = means.map { mean in
      UInt8(min((255 * mean / Double(Luminance.full) + 0.5).rounded(.down), 255))
    }
    guard pixels.contains(where: { $0 != pixels[0] }) else { throw .blank }
    return Candidate(
      pixels: pixels,
      preprocessing: Preprocessing(
        mode: .resize, of: picture, inversion: inversion, paperLevel: paper.level))
  }
}

extension Luminance {
  /// Whether the image has the properties that all 70,000 images of MNIST have.
  ///
  /// They are gray and 28 × 28. Their ink fits in 20 × 20, spans that box in at least one
  /// direction, reaches full white (at least 254), and has its centre of mass from 14 to 15.
  fileprivate var looksLikeMNIST: Bool {
    guard width == FittedDigit.side, height == FittedDigit.side, isPlainGray else { return false }
    var rows: Set<Int> = []
    var columns: Set<Int> = []
    var mass = 0
    var moment = (x: 0, y: 0)
    for (index, level) in levels.enumerated() where level > 0 {
      let (row, column) = (index / width, index % width)
      rows.insert(row)
      columns.insert(column)
      mass += Int(level)
      moment.x += Int(level) * (2 * column + 1)
      moment.y += Int(level) * (2 * row + 1)
    }
    guard
      let top = rows.min(), let bottom = rows.max(), let left = columns.min(),
      let right = columns.max(), let peak = levels.max()
    else { return false }
    // A tolerance of 0.1 pixels for rounding; MNIST's own images deviate by at most 0.02.
    let centred = (mass * 279 / 10)...(mass * 301 / 10)
    return (19...20).contains(max(bottom - top, right - left) + 1) && Int(peak) >= 254 * 257
      && centred.contains(moment.x) && centred.contains(moment.y)
  }
}
