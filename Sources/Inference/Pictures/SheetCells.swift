import Images

/// The cells of a sheet, row by row.
///
/// All cells have the same size up to a pixel. They are cut out when they are needed, so that only
/// those that are classified together are in memory beside the sheet.
final class SheetCells: InputSource {
  private let sheet: Image
  private let input: PictureInput
  private let grid: SheetGrid
  private var index = 0

  /// - Parameters:
  ///   - sheet: The decoded sheet.
  ///   - input: Where it comes from.
  ///   - grid: Its rows and columns.
  /// - Throws: ``InferenceError/input(path:_:)`` if a cell would have no pixels.
  init(
    _ sheet: Image, of input: PictureInput, _ grid: SheetGrid
  ) throws(InferenceError) {
    guard sheet.width >= grid.columns, sheet.height >= grid.rows else {
      throw .input(
        path: input.name, .smallSheet(width: sheet.width, height: sheet.height, grid))
    }
    (self.sheet, self.input, self.grid) = (sheet, input, grid)
  }

  func next() -> InputStep? {
    guard index < grid.count else { return nil }
    let (row, column) = index.quotientAndRemainder(dividingBy: grid.columns)
    index += 1
    func limit(_ length: Int, _ place: Int, of count: Int) -> Int {
      (place * length + count / 2) / count
    }
    let columns =
      limit(
        sheet.width, column, of: grid.columns)..<limit(sheet.width, column + 1, of: grid.columns)
    let rows =
      limit(sheet.height, row, of: grid.rows)..<limit(sheet.height, row + 1, of: grid.rows)
    let cell = sheet.cropped(columns: columns, rows: rows)
    let name = "[\(row),\(column)]"
    return .picture(
      PictureInput(
        input.name + name, .image(cell), relativePath: input.relativePath.map { $0 + name },
        isCell: true))
  }
}
