/// The connected components of a mask; pixels that touch at a corner are connected.
struct ConnectedPieces {
  /// A component.
  struct Piece {
    var left: Int
    var top: Int
    /// The column right of the last one.
    var right: Int
    /// The row below the last one.
    var bottom: Int
    /// The number of pixels.
    var area = 0
    /// The sum of the weights of the pixels.
    var mass = 0

    var width: Int { right - left }
    var height: Int { bottom - top }
    /// The longer side.
    var size: Int { max(width, height) }

    /// Whether another piece lies within the box without touching it.
    func encloses(_ other: Piece) -> Bool {
      other.left > left && other.top > top && other.right < right && other.bottom < bottom
    }
  }

  /// The pieces, in the order of their first pixels, row by row.
  private(set) var pieces: [Piece] = []
  /// For each pixel, the index of its piece; -1 outside the mask.
  private(set) var labels: [Int32]

  /// - Parameters:
  ///   - mask: The mask.
  ///   - weights: The weight of each pixel.
  init<Weight: BinaryInteger>(of mask: Mask, weights: [Weight]) {
    let (width, height) = (mask.width, mask.height)
    labels = [Int32](repeating: -1, count: width * height)
    var pending: [Int] = []
    for start in mask.isSet.indices where mask.isSet[start] && labels[start] < 0 {
      let label = Int32(pieces.count)
      let (row, column) = start.quotientAndRemainder(dividingBy: width)
      var piece = Piece(left: column, top: row, right: column + 1, bottom: row + 1)
      labels[start] = label
      pending.append(start)
      while let index = pending.popLast() {
        let (row, column) = index.quotientAndRemainder(dividingBy: width)
        piece.left = min(piece.left, column)
        piece.right = max(piece.right, column + 1)
        piece.top = min(piece.top, row)
        piece.bottom = max(piece.bottom, row + 1)
        piece.area += 1
        piece.mass += Int(weights[index])
        for line in max(row - 1, 0)...min(row + 1, height - 1) {
          for place in max(column - 1, 0)...min(column + 1, width - 1) {
            let neighbour = line * width + place
            guard mask.isSet[neighbour], labels[neighbour] < 0 else { continue }
            labels[neighbour] = label
            pending.append(neighbour)
          }
        }
      }
      pieces.append(piece)
    }
  }

  /// Finds the components of a mask whose pixels weigh the same.
  ///
  /// - Parameter mask: The mask.
  init(of mask: Mask) {
    self.init(of: mask, weights: [UInt8](repeating: 1, count: mask.isSet.count))
  }

  /// The pixels of some pieces.
  func mask(of indices: some Sequence<Int>, width: Int) -> Mask {
    var isChosen = [Bool](repeating: false, count: pieces.count)
    for index in indices { isChosen[index] = true }
    return Mask(
      width: width, height: labels.count / width,
      isSet: labels.map { $0 >= 0 && isChosen[Int($0)] })
  }
}
