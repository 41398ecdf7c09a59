/// The printed lines of a sheet with rows of digits: rules, grids, frames, the cells of forms.
///
/// A row of digits resembles a line more than a single digit does, so lines are as thin as strokes
/// and longer than ``RuledLines`` asks by default.
enum PageLines {
  /// The largest thickness of a line, as a share of the picture's shorter side.
  private static let thickness = 0.03
  /// The evidence for lines across and down a page.
  ///
  /// A 1 may be half as high as the picture.
  private static let across = RuledLines.Evidence(
    pixels: 0.6, columns: 0.7, pieceAtEdge: 0.3, piece: 0.8)
  private static let down = RuledLines.Evidence(
    pixels: 0.7, columns: 0.8, pieceAtEdge: 0.9, piece: 0.9)
  /// The evidence for the long lines of a form, in its box.
  private static let form = (
    across: RuledLines.Evidence(pixels: 0.6, columns: 0.7, pieceAtEdge: 0.5, piece: 0.6),
    // A 1 is nearly as high as its cell.
    down: RuledLines.Evidence(pixels: 0.8, columns: 0.85, pieceAtEdge: 0.85, piece: 0.85)
  )
  /// Lines of forms are often pale: the ink of which they have more, as a share of a stroke's.
  private static let paleShare = 0.45
  /// The largest share of its box that a frame fills.
  private static let frameFill = 0.3
  /// The largest number of frames, the largest ones first; others stay.
  private static let frameLimit = 64

  /// Finds the pixels of lines.
  ///
  /// - Parameters:
  ///   - strokes: The pixels with ink.
  ///   - ink: The amounts of ink.
  ///   - least: The least amount of a stroke.
  /// - Returns: Those of lines.
  static func find(in strokes: Mask, ink: [UInt16], least: Int) -> Mask {
    let side = min(strokes.width, strokes.height)
    let pale = Int(paleShare * Double(least))
    let all = Mask(
      width: strokes.width, height: strokes.height, isSet: ink.map { Int($0) > pale })
    // The thickness of many strokes, or of lines if there are more of them.
    let runs = all.columnRuns.map { UInt16(clamping: $0) }
    guard !runs.isEmpty else { return Mask(width: strokes.width, height: strokes.height) }
    let thickest = max(3, min(Int(thickness * Double(side)), runs.lowerMedian * 3 / 2 + 1))
    var lines = frames(in: all, thickest)
    var rest = strokes
    rest.subtract(lines)
    lines.formUnion(RuledLines.find(in: rest, thickest: thickest, across: across, down: down))
    return lines
  }

  /// Finds the lines of frames and tables that lie within the picture.
  private static func frames(in strokes: Mask, _ thickest: Int) -> Mask {
    var result = Mask(width: strokes.width, height: strokes.height)
    let pieces = ConnectedPieces(of: strokes)
    let candidates = pieces.pieces.indices.filter { index in
      let piece = pieces.pieces[index]
      // Lines of paper end at the edges of the picture, those of a form do not.
      return piece.left > 0 && piece.right < strokes.width && piece.width > 8 * thickest
        && piece.height > 4 * thickest
        && Double(piece.area) < frameFill * Double(piece.width * piece.height)
    }.sorted { pieces.pieces[$0].area > pieces.pieces[$1].area }.prefix(frameLimit)
    for index in candidates {
      let piece = pieces.pieces[index]
      // A frame has something in it that is not a part of it.
      guard pieces.pieces.contains(where: { isContent($0, of: piece) }) else { continue }
      result.paste(
        lines(ofForm: pieces.crop(index, width: strokes.width), thickest), at: piece)
    }
    return result
  }

  /// Finds the lines of a form that fills a mask: the long ones, and the short ones between them.
  private static func lines(ofForm strokes: Mask, _ thickest: Int) -> Mask {
    var lines = RuledLines.find(
      in: strokes, thickest: thickest, across: form.across, down: form.down)
    let runs = lines.columnRuns.map { UInt16(clamping: $0) }
    guard !runs.isEmpty else { return lines }
    let thickness = min(runs.value(atShare: 3, of: 4) + 1, thickest)
    var rest = strokes
    rest.subtract(lines)
    let pieces = ConnectedPieces(of: rest)
    let near = lines.grown(by: 2)
    var touches = [Bool](repeating: false, count: pieces.pieces.count)
    for index in rest.isSet.indices where rest.isSet[index] && near.isSet[index] {
      touches[Int(pieces.labels[index])] = true
    }
    let short = pieces.pieces.indices.filter { index in
      let piece = pieces.pieces[index]
      return touches[index] && piece.area <= (thickness + 1) * piece.size
        && 10 * (min(piece.width, piece.height) - thickness) <= piece.size
    }
    lines.formUnion(pieces.mask(of: short, width: rest.width))
    return lines
  }

  private static func isContent(
    _ piece: ConnectedPieces.Piece, of frame: ConnectedPieces.Piece
  ) -> Bool {
    frame.encloses(piece) && 3 * piece.height > frame.height && piece.area > 8
  }
}

extension Mask {
  /// Adds the pixels of another mask, whose corner is that of a box.
  mutating func paste(_ other: Mask, at box: ConnectedPieces.Piece) {
    for row in 0..<other.height {
      for column in 0..<other.width where other.isSet[row * other.width + column] {
        isSet[(box.top + row) * width + box.left + column] = true
      }
    }
  }
}

extension ConnectedPieces {
  /// The pixels of a piece in its box.
  func crop(_ index: Int, width: Int) -> Mask {
    let piece = pieces[index]
    var result = Mask(width: piece.width, height: piece.height)
    for row in 0..<piece.height {
      let start = (piece.top + row) * width + piece.left
      for column in 0..<piece.width where labels[start + column] == Int32(index) {
        result.isSet[row * piece.width + column] = true
      }
    }
    return result
  }
}
