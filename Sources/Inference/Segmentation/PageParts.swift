/// The parts of the digits of a page: pieces of ink, or what remains of them after cuts.
struct PageParts {
  /// A part.
  struct Part {
    var box: ConnectedPieces.Piece
    /// Whether the part is too small to be a digit alone.
    let isFragment: Bool
    /// The piece that the part belongs to.
    let piece: Int
    /// The rows of ink that the cut at the left of the part crosses; `nil` if there is no cut.
    var crossed: Int?
  }

  /// A pixel without ink, and one of ink that belongs to no part.
  private static let (none, foreign) = (Int32(-1), Int32(-2))
  /// The width of the soft edge of a stroke, as a share of the height of a digit.
  private static let edge = 0.025

  let width: Int
  let height: Int
  /// The amounts of ink, of shape `[height, width]`; 0 is background.
  private let amounts: [UInt16]
  /// For each pixel the index of its part.
  private var labels: [Int32]
  private(set) var parts: [Part] = []

  /// Creates the parts, in the order of the rows.
  ///
  /// - Parameters:
  ///   - ink: The ink of the page.
  ///   - rows: The rows of its pieces, whose indices become those of parts.
  ///   - isFragment: For each piece, whether it is too small to be a digit alone.
  init(of ink: PhotographedInk, in rows: [DigitRows.Row], isFragment: [Bool]) {
    (width, height) = (ink.picture.width, ink.picture.height)
    var partOfPiece = [Int32](repeating: Self.foreign, count: ink.pieces.pieces.count)
    for piece in rows.flatMap(\.pieces) {
      partOfPiece[piece] = Int32(parts.count)
      parts.append(
        Part(box: ink.pieces.pieces[piece], isFragment: isFragment[piece], piece: piece))
    }
    labels = ink.pieces.labels.map { $0 < 0 ? Self.none : partOfPiece[Int($0)] }
    var amounts = ink.paper.ink
    let nearLines = ink.lines.grown(by: 1)
    for index in amounts.indices {
      let isEdge = labels[index] == Self.none
      if isEdge && (Int(amounts[index]) <= ink.threshold || nearLines.isSet[index])
        || labels[index] == Self.foreign
      {
        amounts[index] = 0
      }
    }
    self.amounts = amounts
  }

  /// The box around some parts.
  func box(of indices: some Collection<Int>) -> ConnectedPieces.Piece {
    indices.dropFirst().reduce(into: parts[indices.first ?? 0].box) {
      $0.formUnion(parts[$1].box)
    }
  }

  /// The pixels of some parts, in a box.
  private func mask(
    of indices: some Sequence<Int>, left: Int, top: Int, width: Int, height: Int
  ) -> Mask {
    var result = Mask(width: width, height: height)
    for index in indices {
      let box = parts[index].box
      for row in box.top..<box.bottom {
        for column in box.left..<box.right
        where labels[row * self.width + column] == Int32(index) {
          result.isSet[(row - top) * width + column - left] = true
        }
      }
    }
    return result
  }

  /// Some parts as a digit in the form of MNIST.
  ///
  /// - Parameters:
  ///   - indices: The parts, at least one.
  ///   - digitHeight: The typical height of a digit, in pixels.
  /// - Returns: The digit, with its box on the page.
  func digit(
    of indices: some Collection<Int>, digitHeight: Int
  ) -> FittedDigit {
    let reach = max(1, Int(Self.edge * Double(digitHeight)))
    let box = box(of: indices)
    let (left, top) = (max(box.left - reach, 0), max(box.top - reach, 0))
    let (right, bottom) = (min(box.right + reach, width), min(box.bottom + reach, height))
    let strokes = mask(
      of: indices, left: left, top: top, width: right - left, height: bottom - top)
    let around = strokes.grown(by: reach)
    var ink = [UInt16](repeating: 0, count: strokes.isSet.count)
    for row in 0..<strokes.height {
      for column in 0..<strokes.width {
        let (place, source) = (row * strokes.width + column, (top + row) * width + left + column)
        if strokes.isSet[place] || around.isSet[place] && labels[source] == Self.none {
          ink[place] = amounts[source]
        }
      }
    }
    var digit = FittedDigit(ink, width: strokes.width)
    digit.moveBox(by: (left, top))
    return digit
  }

  /// Cuts a part into several.
  ///
  /// - Parameters:
  ///   - index: The part.
  ///   - digitHeight: The typical height of a digit, in pixels.
  /// - Returns: The new parts from left to right; only the old one if it cannot be cut.
  mutating func cut(_ index: Int, digitHeight: Int) -> [Int] {
    let whole = parts[index]
    let box = whole.box
    let strokes = mask(
      of: [index], left: box.left, top: box.top, width: box.width, height: box.height)
    let seams = InkSeams(
      of: strokes, height: digitHeight, longest: max(2, Int(Double(digitHeight) * 0.35))
    ).seams
    guard !seams.isEmpty else { return [index] }
    var result: [Int] = []
    for crossed in [whole.crossed] + seams.map(\.crossed) {
      result.append(parts.count)
      var part = whole
      part.crossed = crossed
      parts.append(part)
    }
    var boxes = [ConnectedPieces.Piece?](repeating: nil, count: result.count)
    for row in 0..<box.height {
      for column in 0..<box.width where strokes.isSet[row * box.width + column] {
        let number = seams.count { $0.columns[row] <= column }
        let place = (box.top + row) * width + box.left + column
        labels[place] = Int32(result[number])
        let (x, y) = (box.left + column, box.top + row)
        let pixel = ConnectedPieces.Piece(
          left: x, top: y, right: x + 1, bottom: y + 1, area: 1, mass: Int(amounts[place]))
        if boxes[number]?.formUnion(pixel) == nil { boxes[number] = pixel }
      }
    }
    for (number, part) in result.enumerated() {
      if let box = boxes[number] { parts[part].box = box }
    }
    return result.enumerated().filter { boxes[$0.offset] != nil }.map(\.element)
  }
}
