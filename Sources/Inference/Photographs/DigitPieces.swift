/// The choice of the pieces of ink that are a digit.
///
/// Pieces that touch the edge of the picture are neighbours, frames or furniture, unless nothing
/// else is there; a piece around a large one is a frame; and a digit may have several pieces, which
/// are near each other.
struct DigitPieces {
  /// The least share of the heaviest piece's mass that a part of a digit has.
  private static let leastShare = 0.02
  /// The largest gap between two parts of a digit, as a share of its size.
  static let gap = 0.25
  /// The least mass of a digit, as a share of a picture full of ink.
  private static let leastMass = 2e-4
  /// The least size of a digit, as a share of the picture's shorter side.
  private static let leastSize = 0.06
  /// The largest share of its box that a frame fills, and the least size of the digit in it, as a
  /// share of the frame's.
  private static let frame = (fill: 0.2, content: 0.25)

  /// The pieces that may be digits, in the order of their first pixels.
  let candidates: [Int]
  /// The pieces of the digit, the main one first.
  let chosen: [Int]

  /// Chooses the pieces; `nil` if all are specks.
  init?(of ink: PhotographedInk) {
    let (width, height) = (ink.picture.width, ink.picture.height)
    let pieces = ink.pieces.pieces
    let side = min(width, height)
    let margin = max(1, side / 100)
    let atEdge = pieces.map { $0.touchesEdge(width: width, height: height, margin: margin) }
    let least = Self.leastMass * Double(width * height) * Double(ink.paper.peak)
    func isLarge(_ piece: ConnectedPieces.Piece) -> Bool {
      Double(piece.mass) >= least && Double(piece.size) >= Self.leastSize * Double(side)
    }
    var candidates = pieces.indices.filter { !atEdge[$0] }
    let heaviest = candidates.max { pieces[$0].mass < pieces[$1].mass }
    let largest = candidates.map { pieces[$0].size }.max() ?? 0
    if heaviest.map({ Double(pieces[$0].mass) >= least }) != true
      || Double(largest) < Self.leastSize * Double(side)
    {
      candidates = Array(pieces.indices)
    }
    func heaviestOne(_ indices: [Int]) -> Int {
      indices.max { pieces[$0].mass < pieces[$1].mass } ?? 0
    }
    var main = heaviestOne(candidates)
    let content = candidates.filter { index in
      pieces[main].encloses(pieces[index]) && isLarge(pieces[index])
        && Double(pieces[index].size) > Self.frame.content * Double(pieces[main].size)
    }
    let box = pieces[main].width * pieces[main].height
    if !content.isEmpty,
      Double(pieces[main].mass) < Self.frame.fill * Double(box) * Double(ink.paper.peak)
    {
      candidates.removeAll { $0 == main }
      main = heaviestOne(content)
    }
    guard 100 * pieces[main].mass >= pieces.reduce(0, { $0 + $1.mass }) else { return nil }
    var chosen = [main]
    var whole = pieces[main]
    var parts = candidates.filter {
      $0 != main && pieces[$0].area >= 4
        && Double(pieces[$0].mass) >= Self.leastShare * Double(pieces[main].mass)
    }
    // The digit grows by what is near, until nothing is.
    var isGrowing = true
    while isGrowing {
      isGrowing = false
      parts.removeAll { index in
        guard Double(pieces[index].gap(to: whole)) <= Self.gap * Double(pieces[main].size) else {
          return false
        }
        chosen.append(index)
        whole.formUnion(pieces[index])
        isGrowing = true
        return true
      }
    }
    (self.candidates, self.chosen) = (candidates, chosen)
  }
}

extension ConnectedPieces.Piece {
  /// The larger one of the horizontal and the vertical gap to another piece; 0 if they overlap.
  func gap(to other: Self) -> Int {
    max(other.left - right, left - other.right, other.top - bottom, top - other.bottom, 0)
  }

  /// Enlarges the box to that of both pieces.
  mutating func formUnion(_ other: Self) {
    (left, right) = (min(left, other.left), max(right, other.right))
    (top, bottom) = (min(top, other.top), max(bottom, other.bottom))
    area += other.area
    mass += other.mass
  }
}

extension [ConnectedPieces.Piece] {
  /// The number of pieces of the size of a digit; parts of one digit, which lie above each other,
  /// are broken or are the segments of a display, count once.
  ///
  /// - Parameters:
  ///   - main: The piece that is a digit; smaller ones are none.
  ///   - mayBeBroken: Whether removed lines may have parted the strokes of a digit.
  /// - Returns: The number.
  func digitCount(comparedWith main: Element, mayBeBroken: Bool = false) -> Int {
    let large = filter { 2 * $0.height >= main.height && 5 * $0.mass >= main.mass }
      .sorted { $0.left < $1.left }
    var digits: [Element] = []
    for piece in large {
      let index = digits.firstIndex { digit in
        let overlap = Swift.min(digit.right, piece.right) - Swift.max(digit.left, piece.left)
        let gap = Swift.max(digit.top - piece.bottom, piece.top - digit.bottom)
        let (width, height) = (piece.right - digit.left, Swift.max(digit.height, piece.height))
        let isAbove = 10 * overlap >= 3 * Swift.min(digit.width, piece.width)
        // A rule that hides the bar of a 4, for example.
        let isBroken = mayBeBroken && 5 * -overlap <= height && 10 * width <= 9 * height
        return (isAbove || isBroken) && 5 * gap <= height
      }
      if let index { digits[index].formUnion(piece) } else { digits.append(piece) }
    }
    // Three or more parts in the outline of one digit: the segments of a display.
    if digits.count > 1, large.count > 2, let first = large.first {
      let whole = large.dropFirst().reduce(into: first) { $0.formUnion($1) }
      if 10 * whole.width <= 7 * whole.height { return 1 }
    }
    return digits.count
  }
}
