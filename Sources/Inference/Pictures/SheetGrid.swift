/// The rows and columns of a sheet with a picture in each cell.
///
/// ```swift
/// let grid = SheetGrid(rows: 2, columns: 10)
/// let cells = PictureInputs(["scan.png"], sheet: grid)  // its 20 cells, row by row
/// ```
public struct SheetGrid: Equatable, Sendable, CustomStringConvertible {
  /// The number of rows, at least 1.
  public let rows: Int

  /// The number of columns, at least 1.
  public let columns: Int

  /// Creates a grid.
  ///
  /// - Parameters:
  ///   - rows: The number of rows, at least 1.
  ///   - columns: The number of columns, at least 1.
  public init(rows: Int, columns: Int) { (self.rows, self.columns) = (rows, columns) }

  /// The number of cells.
  public var count: Int { rows * columns }

  /// The grid as text, such as `10 x 20`.
  public var description: String { "\(rows) x \(columns)" }
}
