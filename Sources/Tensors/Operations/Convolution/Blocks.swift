import Threads

/// The blocks in which the features of one image are computed: ranges of rows, and of columns if
/// there are few rows and the threads are free. (Each range of columns transforms or reads the
/// image again.)
struct Blocks: Sendable {
  /// The numbers of rows and columns, and those of a block.
  private let (rows, rowsOfBlock): (Int, Int)
  private let (columns, columnsOfBlock): (Int, Int)

  /// The multiply-adds that are worth another block.
  private static let worthwhile = 1 << 20

  /// The number of blocks that suffices for the threads.
  private static let enough = 8

  /// - Parameters:
  ///   - rows: The number of rows.
  ///   - pixelsOfRow: The number of pixels of a row.
  ///   - pixels: The number of pixels that a block should have at most.
  ///   - columns: The number of columns.
  ///   - width: What the number of columns of each block but the last is a multiple of.
  ///   - work: The multiply-adds for each pixel and column.
  init(rows: Int, pixelsOfRow: Int, pixels: Int, columns: Int, width: Int, work: Int) {
    let most = max(1, pixels / max(pixelsOfRow, 1))
    let bands = max(1, (rows + most - 1) / most)
    let wanted = min(rows * pixelsOfRow * columns * work / Self.worthwhile, Self.enough)
    let parts = Threads.areFree ? max(1, wanted / bands) : 1
    (self.rows, self.columns) = (rows, columns)
    rowsOfBlock = max(1, (rows + bands - 1) / bands)
    columnsOfBlock = max(1, (columns + parts * width - 1) / (parts * width) * width)
  }

  /// Calls `body` for each block, on all threads that are free.
  func forEach(_ body: @escaping @Sendable (_ rows: Range<Int>, _ columns: Range<Int>) -> Void) {
    let bands = (rows + rowsOfBlock - 1) / rowsOfBlock
    let parts = (columns + columnsOfBlock - 1) / columnsOfBlock
    guard bands * parts > 1 else { return body(0..<rows, 0..<columns) }
    parallel(chunks: bands * parts) { block in
      // The blocks of the same columns follow one another.
      let (band, part) = (block % bands, block / bands)
      body(
        band * rowsOfBlock..<min((band + 1) * rowsOfBlock, rows),
        part * columnsOfBlock..<min((part + 1) * columnsOfBlock, columns))
    }
  }
}
