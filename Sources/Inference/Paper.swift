/// The background: its gray level at every pixel, estimated from the border.
///
/// It is the border's median, or a plane (uneven light) if that fits the border better.
struct Paper {
  /// The gray level in the middle of the image.
  let level: Int
  /// The noise: the maximum difference of 90 % of the border from the background.
  let noise: Int
  /// The difference of each column's gray level from that in the middle.
  let acrossRow: [Int]
  /// The difference of each row's gray level from that in the middle.
  let downColumn: [Int]

  init(of picture: Luminance) {
    let (width, height) = (picture.width, picture.height)
    let thickness = Border.thickness(width: width, height: height)
    func median(rows: Range<Int>, columns: Range<Int>) -> Int {
      rows.flatMap { row in
        columns.map { picture.levels[row * width + $0] }
      }.lowerMedian
    }
    var border: [UInt16] = []
    for row in 0..<height {
      Border.forEachColumn(ofRow: row, width: width, height: height) { column in
        border.append(picture.levels[row * width + column])
      }
    }
    let level = border.lowerMedian
    let across =
      median(rows: 0..<height, columns: width - thickness..<width)
      - median(rows: 0..<height, columns: 0..<thickness)
    let down =
      median(rows: height - thickness..<height, columns: 0..<width)
      - median(rows: 0..<thickness, columns: 0..<width)
    let tilted = Paper(
      level: level,
      acrossRow: (0..<width).map { across * (2 * $0 + 1 - width) / (2 * width) },
      downColumn: (0..<height).map { down * (2 * $0 + 1 - height) / (2 * height) },
      in: picture)
    let flat = Paper(
      level: level, acrossRow: [Int](repeating: 0, count: width),
      downColumn: [Int](repeating: 0, count: height), in: picture)
    self = tilted.noise < flat.noise ? tilted : flat
  }

  private init(level: Int, acrossRow: [Int], downColumn: [Int], in picture: Luminance) {
    self.level = level
    self.acrossRow = acrossRow
    self.downColumn = downColumn
    var differences: [UInt16] = []
    for row in 0..<picture.height {
      Border.forEachColumn(ofRow: row, width: picture.width, height: picture.height) { column in
        let paper = level + acrossRow[column] + downColumn[row]
        let difference = Int(picture.levels[row * picture.width + column]) - paper
        differences.append(UInt16(clamping: abs(difference)))
      }
    }
    noise = differences.value(atShare: 9, of: 10)
  }

  /// Calls a function with the index of each pixel and its difference from the background.
  func forEachDifference(
    of levels: borrowing Span<UInt16>, _ body: (_ index: Int, _ difference: Int) -> Void
  ) {
    let across = acrossRow.span
    for row in downColumn.indices {
      let paper = level + downColumn[row]
      let start = row * across.count
      for column in across.indices {
        body(start + column, Int(levels[start + column]) - paper - across[column])
      }
    }
  }
}
