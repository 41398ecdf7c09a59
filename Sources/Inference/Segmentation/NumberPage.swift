import Tensors

/// A page with dark or with light ink on its way to the numbers on it.
struct NumberPage: Sendable {
  /// The maximum width and height at which pages are searched, in pixels.
  private static let maximumSide = 1600
  /// The number of pixels above which a picture may be downscaled while it is read.
  static let largestPixelCount = 4 * maximumSide * maximumSide
  /// The side of the square in which paper is searched, as a share of the picture's shorter side.
  private static let windowShare = 0.3
  /// A digit with a lower probability, or with a larger width in heights of a digit, may be two.
  private static let doubt = (probability: 0.9, width: 0.85)
  /// How much rarer than in single pictures something else is in a line of digits.
  private static let rarity = 20.0
  /// The largest number of groups of parts that the model judges because of cuts.
  private static let cutLimit = 8192

  /// How plausible the page is, as logarithmic odds; see ``Plausibility``.
  let plausibility: Double
  /// Why ink of the other sign was not read; `nil` if it was, or there is none.
  private(set) var problem: PreprocessingError?
  private let picture: Source
  private let contrast: Double
  private let threshold: Int
  private let removedLines: Bool
  private var parts: PageParts
  private var rows: [Row]
  private let overview: NumberReading.Overview
  private let leftOut: [ConnectedPieces.Piece]
  private var known: [[Int]: Prediction] = [:]

  /// What is needed of the picture later.
  private struct Source {
    let picture: Luminance
    let inversion: Inversion
    let blockSide: Int
  }

  private struct Row {
    var parts: [Int]
    let height: Int
  }

  /// Finds what may be digits; `nil` if there is nothing but specks.
  ///
  /// - Parameters:
  ///   - ink: The ink.
  ///   - picture: The picture.
  ///   - inversion: Whether ink is dark.
  /// - Throws: ``PreprocessingError/tooManyPieces(_:limit:)``.
  private init?(
    _ ink: PhotographedInk, of picture: Luminance, _ inversion: Inversion
  ) throws(PreprocessingError) {
    let found = try DigitRows(
      of: ink.pieces.pieces, width: ink.picture.width, height: ink.picture.height)
    guard !found.rows.isEmpty else { return nil }
    let strokes = ink.pieces.mask(of: found.rows.flatMap(\.pieces), width: ink.picture.width)
    let look = ink.look(of: strokes)
    contrast = look.contrast
    plausibility = Plausibility(contrast: look.contrast, foreign: look.foreign).logOdds()
    self.picture = Source(
      picture: picture.withoutLevels, inversion: inversion, blockSide: ink.picture.blockSide)
    threshold = ink.threshold
    removedLines = ink.lines.isSet.contains(true)
    parts = PageParts(of: ink, in: found.rows, isFragment: found.isFragment)
    var start = 0
    rows = found.rows.map { row in
      defer { start += row.pieces.count }
      return Row(parts: Array(start..<start + row.pieces.count), height: row.height)
    }
    leftOut = found.leftOut.map { ink.pieces.pieces[$0] }
    overview = Self.overview(of: ink)
  }

  /// Finds what may be digits on a picture, with dark and with light ink.
  ///
  /// - Parameters:
  ///   - picture: The picture.
  ///   - inversion: The inversion mode.
  /// - Returns: The pages, at least one; the most plausible first.
  /// - Throws: ``PreprocessingError``.
  static func pages(
    of picture: Luminance, _ inversion: InversionMode
  ) throws(PreprocessingError) -> [NumberPage] {
    guard !BlankSheet.isBlank(picture) else { throw .blank }
    let reduced = GrayPicture(reducing: picture, to: maximumSide)
    var pages: [NumberPage] = []
    var problem = PreprocessingError.blank
    for isDark in inversion == .auto ? [true, false] : [inversion == .yes] {
      let side = isDark ? reduced : reduced.inverted
      // A line of digits is much wider than high, and paper is to be seen above and below it.
      let window = Self.windowShare * Double(min(side.width, side.height))
      let paper = LocalPaper(
        of: side, windowShare: window / Double(max(side.width, side.height)))
      guard let ink = PhotographedInk(of: side, on: paper, findLines: PageLines.find) else {
        continue
      }
      do throws(PreprocessingError) {
        let reason: Preprocessing.InversionReason =
          inversion != .auto ? .requested : isDark ? .inkIsDarker : .inkIsLighter
        if let page = try NumberPage(
          ink, of: picture, Inversion(isInverted: isDark, reason: reason))
        {
          pages.append(page)
        }
      } catch {
        problem = error
      }
    }
    guard let most = pages.map(\.plausibility).max() else { throw problem }
    if problem != .blank { for index in pages.indices { pages[index].problem = problem } }
    // The model's certainty cannot outweigh more.
    return pages.filter { $0.plausibility >= most - 12 }
      .sorted { $0.plausibility > $1.plausibility }
  }

  /// The widest overview, in pixels.
  private static let overviewWidth = 78

  private static func overview(of ink: PhotographedInk) -> NumberReading.Overview {
    let picture = ink.picture
    let side = (max(picture.width, picture.height) + overviewWidth - 1) / overviewWidth
    let width = (picture.width + side - 1) / side
    let height = (picture.height + side - 1) / side
    var levels = [UInt8](repeating: 0, count: width * height)
    for row in 0..<picture.height {
      for column in 0..<picture.width where ink.pieces.labels[row * picture.width + column] >= 0 {
        let place = row / side * width + column / side
        let amount = Int(ink.paper.ink[row * picture.width + column]) * 255
        levels[place] = max(levels[place], UInt8(min(amount / ink.paper.peak, 255)))
      }
    }
    return NumberReading.Overview(
      width: width, height: height, blockSide: side * picture.blockSide, ink: levels)
  }

  private func lattice(_ row: Row) -> RowLattice {
    RowLattice(row.parts.map { parts.parts[$0] }, height: row.height)
  }

  private func key(_ group: RowLattice.Group, in row: Row) -> [Int] {
    Array(row.parts[group.range])
  }

  /// The groups of parts that may be digits and that the model has not judged.
  func pending(for layout: InputLayout) -> [(key: [Int], input: ModelPicture)] {
    rows.flatMap { row in
      lattice(row).groups.compactMap { group in
        let key = key(group, in: row)
        guard known[key] == nil else { return nil }
        let fitted = parts.digit(of: key, digitHeight: row.height)
        let preprocessing = Preprocessing(
          mode: .mnist, of: picture.picture, inversion: picture.inversion, background: .local,
          contrast: Int(contrast * Double(Luminance.full)), inkThreshold: threshold,
          removedLines: removedLines, pieces: 1, fitted: fitted, blockSide: picture.blockSide)
        return (
          key,
          ModelPicture(
            DigitPreprocessor.Candidate(pixels: fitted.pixels, preprocessing: preprocessing),
            for: layout)
        )
      }
    }
  }

  /// Adds a judgement of the model.
  mutating func add(_ prediction: Prediction, for key: [Int]) { known[key] = prediction }

  /// Cuts pieces of ink that may be several digits.
  mutating func cutDoubtful() {
    var count = 0
    for index in rows.indices {
      let row = rows[index]
      var isDoubtful = [Bool](repeating: false, count: row.parts.count)
      for group in best(in: row).digits {
        let box = parts.box(of: key(group, in: row))
        guard let prediction = known[key(group, in: row)] else { continue }
        let doubts =
          prediction.probabilityOfDigit < Self.doubt.probability || prediction.rejection != nil
          || Double(box.width) > Self.doubt.width * Double(row.height)
        for place in group.range where doubts { isDoubtful[place] = true }
      }
      rows[index].parts = row.parts.enumerated().flatMap { place, part in
        guard isDoubtful[place], !parts.parts[part].isFragment, count < Self.cutLimit else {
          return [part]
        }
        let new = parts.cut(part, digitHeight: row.height)
        count += new.count * min(new.count, 10)
        return new
      }
    }
  }

  private func best(in row: Row) -> (digits: [RowLattice.Group], leftOut: [Int]) {
    lattice(row).best { group in
      (known[Array(row.parts[group.range])]).map(\.probabilityOfDigit)
    }
  }

  /// Judges the digits of a line again if most of them are digits: then another piece of ink in the
  /// line is rarely anything else.
  private static func judgedTogether(
    _ line: [NumberReading.Digit], by rule: RejectionRule
  ) -> [NumberReading.Digit] {
    guard 2 * line.count(where: { $0.prediction.rejection == nil }) > line.count else {
      return line
    }
    return line.map { digit in
      var prediction = digit.prediction
      if rule.wouldAnswer(prediction, ifRarerBy: Self.rarity) { prediction.rejection = nil }
      return NumberReading.Digit(prediction: prediction, box: digit.box)
    }
  }

  private func isAtEdge(_ group: RowLattice.Group, in row: Row) -> Bool {
    parts.box(of: key(group, in: row)).touchesEdge(
      width: parts.width, height: parts.height, margin: 1)
  }

  /// The best reading, and how certain the model is of it.
  ///
  /// - Parameters:
  ///   - name: The name of the picture.
  ///   - rule: The model's rule for rejecting pictures.
  /// - Returns: The reading, and the certainty as logarithmic odds.
  func reading(
    named name: String, _ rule: RejectionRule?
  ) -> (reading: NumberReading, certainty: Double) {
    var (sum, count) = (0.0, 0)
    var leftOut = leftOut
    var lines = rows.enumerated().map { line, row -> [NumberReading.Digit] in
      let best = best(in: row)
      leftOut += best.leftOut.map { parts.parts[row.parts[$0]].box }
      return best.digits.enumerated().compactMap { place, group -> NumberReading.Digit? in
        guard var prediction = known[key(group, in: row)],
          let box = prediction.preprocessing.cropBox
        else { return nil }
        prediction.file = "\(name)[\(line),\(place)]"
        if prediction.rejection != nil, isAtEdge(group, in: row) {
          leftOut.append(parts.box(of: key(group, in: row)))
          return nil
        }
        sum += max(Elementary.log(prediction.probabilityOfDigit), -8)
        count += 1
        return NumberReading.Digit(prediction: prediction, box: box)
      }
    }
    let side = picture.blockSide
    // Beside numbers, a line without any digit is no number, but a text, for example.
    if lines.joined().contains(where: { $0.prediction.rejection == nil }) {
      lines.removeAll { line in line.allSatisfy { $0.prediction.rejection != nil } }
    }
    let boxes = leftOut.map {
      Preprocessing.Box(
        x: $0.left * side, y: $0.top * side, width: $0.width * side, height: $0.height * side)
    }
    if let rule { lines = lines.map { Self.judgedTogether($0, by: rule) } }
    let mean = count == 0 ? -8 : sum / Double(count)
    return (
      NumberReading(
        file: name, width: picture.picture.width, height: picture.picture.height,
        lines: lines.filter { !$0.isEmpty }, leftOut: boxes, overview: overview),
      plausibility + 3 * mean
    )
  }
}

extension Prediction {
  /// The probability that the picture shows a digit, and the one in the answer.
  fileprivate var probabilityOfDigit: Double {
    // Rounding may make a probability more than 1.
    let share = rejectedClass.map { min(Double(probabilities[$0]), 1) } ?? 0
    return Double(confidence) * (1 - share)
  }
}
